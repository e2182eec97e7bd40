/* The row passes of page.c for processors with AVX2, where it was measured that compilers do not find the short way
 * (bytes blended by multiply-and-add, bits gathered by one instruction): docs/decisions/0012. Each does to the bit what the
 * plain function of the same name does; each works on whole blocks and says how far it came, the plain one does the
 * rest. Included by page.c only. */
#pragma once
#include <immintrin.h>

#include "picture.h"

#define AVX2 static __attribute__((target("avx2")))
#define AVX2_LEAF static inline __attribute__((always_inline, target("avx2")))

enum { AHEAD = 4096 }; /* bytes that are fetched before they are wanted: the processor itself looks no further than a page */

typedef __m256i Bytes; /* 32 pixels */

AVX2_LEAF Bytes load32(const void *at) { return _mm256_loadu_si256((const __m256i *)at); }

AVX2_LEAF void store32(void *at, Bytes value) { _mm256_storeu_si256((__m256i *)at, value); }

/* Four bytes of bits as 32 bytes: 255 where the bit is set. */
AVX2_LEAF Bytes widen_bits(uint32_t four) {
    const Bytes eightfold = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1,
                                             2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const Bytes places = _mm256_set1_epi64x(0x0102040810204080ll);
    Bytes spread_out = _mm256_shuffle_epi8(_mm256_set1_epi32((int32_t)four), eightfold);
    return _mm256_cmpeq_epi8(_mm256_and_si256(spread_out, places), places);
}

AVX2 int expand_bits_avx2(const uint8_t *bits, int width, uint8_t *out) {
    int x = 0;
    for (; x + 32 <= width; x += 32) {
        uint32_t four;
        memcpy(&four, bits + x / 8, 4);
        store32(out + x, _mm256_xor_si256(widen_bits(four), _mm256_set1_epi8(-1)));
    }
    return x;
}

/* Pixels taken between `a` (weights `a_b_low`, `a_b_high`: interleaved, in 128ths) and `b`. Signed, so that a weight of
 * 128 has room. */
AVX2_LEAF Bytes blend(Bytes a, Bytes b, Bytes a_b_low, Bytes a_b_high) {
    const Bytes middle = _mm256_set1_epi8(-128), rounded_shift = _mm256_set1_epi16(1 << (15 - WEIGHT_BITS));
    a = _mm256_xor_si256(a, middle);
    b = _mm256_xor_si256(b, middle);
    Bytes low = _mm256_maddubs_epi16(a_b_low, _mm256_unpacklo_epi8(a, b));
    Bytes high = _mm256_maddubs_epi16(a_b_high, _mm256_unpackhi_epi8(a, b));
    low = _mm256_mulhrs_epi16(low, rounded_shift);
    high = _mm256_mulhrs_epi16(high, rounded_shift);
    return _mm256_xor_si256(_mm256_packs_epi16(low, high), middle);
}

AVX2 int blend_next_avx2(const uint8_t *row, int count, int weight, uint8_t *out) {
    const Bytes both = _mm256_set1_epi16((int16_t)(weight << 8 | ((1 << WEIGHT_BITS) - weight)));
    int x = 0;
    for (; x + 32 <= count; x += 32) {
        _mm_prefetch((const char *)((uintptr_t)(row + x) + AHEAD), _MM_HINT_T0); /* about the next row but one */
        store32(out + x, blend(load32(row + x), load32(row + x + 1), both, both));
    }
    return x;
}

/* 32 columns from x on of the rows of a slant, put together from parts that begin in rows of their own. */
AVX2_LEAF Bytes slant_columns(const Slant *s, int part, int x, int row) {
    if (part == 32) return load32(slant_row(s, x, row));
    if (part == 16)
        return _mm256_loadu2_m128i((const __m128i *)slant_row(s, x + 16, row), (const __m128i *)slant_row(s, x, row));
    int64_t eight[4];
    for (int k = 0; k < 4; k++) memcpy(&eight[k], slant_row(s, x + 8 * k, row), 8);
    return _mm256_setr_epi64x(eight[0], eight[1], eight[2], eight[3]);
}

AVX2_LEAF Bytes slant_column_shares(const Slant *s, int part, int x) {
    if (part == 32) return load32(slant_shares(s, x));
    if (part == 16)
        return _mm256_loadu2_m128i((const __m128i *)slant_shares(s, x + 16), (const __m128i *)slant_shares(s, x));
    int64_t eight[4];
    for (int k = 0; k < 4; k++) memcpy(&eight[k], slant_shares(s, x + 8 * k), 8);
    return _mm256_setr_epi64x(eight[0], eight[1], eight[2], eight[3]);
}

AVX2_LEAF void blend_parts(const Slant *s, int part, int from, int to, uint8_t *out) {
    const Bytes one = _mm256_set1_epi8((int8_t)(1 << WEIGHT_BITS)), most = _mm256_set1_epi8((1 << WEIGHT_BITS) - 1);
    for (int x = from; x < to; x += 32) {
        Bytes a = slant_columns(s, part, x, 0), b = slant_columns(s, part, x, 1), c = slant_columns(s, part, x, 2);
        Bytes share = slant_column_shares(s, part, x), w = _mm256_and_si256(share, most);
        Bytes rest = _mm256_sub_epi8(one, w), above = _mm256_blendv_epi8(a, b, share);
        Bytes below = _mm256_blendv_epi8(b, c, share); /* by the highest bit: between the second row and the third */
        store32(out + x, blend(above, below, _mm256_unpacklo_epi8(rest, w), _mm256_unpackhi_epi8(rest, w)));
    }
}

AVX2 void blend_slant_avx2(const Slant *s, int from, int to, uint8_t *out) {
    if (s->part == 32) blend_parts(s, 32, from, to, out);
    else if (s->part == 16) blend_parts(s, 16, from, to, out);
    else blend_parts(s, 8, from, to, out);
}

AVX2 int normalise_avx2(const uint8_t *row, const uint8_t *gain, const uint8_t *level, int count, uint8_t *gray,
                        uint8_t *bits) {
    const Bytes zero = _mm256_setzero_si256();
    const Bytes first_highest = _mm256_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8,
                                                 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    int x = 0;
    for (; x + 32 <= count; x += 32) {
        Bytes v = load32(row + x), g = load32(gain + x), t = load32(level + x);
        Bytes low = _mm256_mullo_epi16(_mm256_unpacklo_epi8(v, zero), _mm256_unpacklo_epi8(g, zero));
        Bytes high = _mm256_mullo_epi16(_mm256_unpackhi_epi8(v, zero), _mm256_unpackhi_epi8(g, zero));
        Bytes white = _mm256_packus_epi16(_mm256_srli_epi16(low, 6), _mm256_srli_epi16(high, 6));
        store32(gray + x, _mm256_or_si256(white, _mm256_cmpeq_epi8(t, zero)));
        Bytes paper = _mm256_cmpeq_epi8(_mm256_max_epu8(v, t), v);
        uint32_t ink = ~(uint32_t)_mm256_movemask_epi8(_mm256_shuffle_epi8(paper, first_highest));
        memcpy(bits + x / 8, &ink, 4);
    }
    return x;
}

/* `near` as mask_row has it, its first word already shifted by what stands around it. */
AVX2 void keep_near_avx2(const uint8_t *gray, uint64_t near, uint8_t *out) {
    near = __builtin_bswap64(near);
    const Bytes all = _mm256_set1_epi8(-1);
    Bytes first = _mm256_xor_si256(widen_bits((uint32_t)near), all);
    Bytes second = _mm256_xor_si256(widen_bits((uint32_t)(near >> 32)), all);
    store32(out, _mm256_or_si256(load32(gray), first));
    store32(out + 32, _mm256_or_si256(load32(gray + 32), second));
}

/* Sums of 64 columns of two rows each, from `pairs` of columns of both. */
AVX2_LEAF uint64_t sum_two_strips(Bytes upper, Bytes lower) {
    const Bytes ones = _mm256_set1_epi16(1);
    Bytes sums = _mm256_hadd_epi32(_mm256_madd_epi16(upper, ones), _mm256_madd_epi16(lower, ones));
    sums = _mm256_hadd_epi32(sums, sums); /* upper, lower, upper, lower; and so in the other half */
    __m128i both = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return (uint64_t)_mm_cvtsi128_si64(both);
}

/* The least of eight neighbouring bytes, in the lowest byte of each eight. */
AVX2_LEAF Bytes least_of_eight(Bytes v) {
    v = _mm256_min_epu8(v, _mm256_srli_epi64(v, 32));
    v = _mm256_min_epu8(v, _mm256_srli_epi64(v, 16));
    return _mm256_min_epu8(v, _mm256_srli_epi64(v, 8));
}

AVX2_LEAF void lower_cells(uint8_t *cells, Bytes least) {
    for (int k = 0; k < 4; k++) {
        uint8_t value = (uint8_t)(k == 0 ? _mm256_extract_epi64(least, 0) : k == 1 ? _mm256_extract_epi64(least, 1)
                                  : k == 2 ? _mm256_extract_epi64(least, 2) : _mm256_extract_epi64(least, 3));
        if (value < cells[k]) cells[k] = value;
    }
}

/* Four rows, as far as whole strips go; returns the columns done. */
AVX2 int survey_four_avx2(const uint8_t *const rows[4], int width, uint8_t *quarter, uint8_t *largest,
                          uint16_t *upper_strips, uint16_t *lower_strips, uint8_t *cells) {
    const Bytes ones8 = _mm256_set1_epi8(1), ones16 = _mm256_set1_epi16(1), half = _mm256_set1_epi32(8);
    const Bytes in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    int x = 0;
    for (; x + BLOCK <= width; x += BLOCK) {
        Bytes upper_pairs = _mm256_setzero_si256(), lower_pairs = upper_pairs, fours[2];
        for (int part = 0; part < 2; part++) {
            int at = x + 32 * part;
            Bytes a = load32(rows[0] + at), b = load32(rows[1] + at), c = load32(rows[2] + at), d = load32(rows[3] + at);
            Bytes upper = _mm256_add_epi16(_mm256_maddubs_epi16(a, ones8), _mm256_maddubs_epi16(b, ones8));
            Bytes lower = _mm256_add_epi16(_mm256_maddubs_epi16(c, ones8), _mm256_maddubs_epi16(d, ones8));
            fours[part] = _mm256_madd_epi16(_mm256_add_epi16(upper, lower), ones16);
            upper_pairs = _mm256_add_epi16(upper_pairs, upper);
            lower_pairs = _mm256_add_epi16(lower_pairs, lower);
            Bytes most = _mm256_max_epu8(_mm256_max_epu8(a, b), _mm256_max_epu8(c, d));
            Bytes least = _mm256_min_epu8(_mm256_min_epu8(a, b), _mm256_min_epu8(c, d));
            store32(largest + at, _mm256_max_epu8(load32(largest + at), most));
            lower_cells(cells + at / CELL, least_of_eight(least));
        }
        for (int part = 0; part < 2; part++) fours[part] = _mm256_srli_epi32(_mm256_add_epi32(fours[part], half), 4);
        Bytes words = _mm256_packus_epi32(fours[0], fours[1]);
        Bytes means = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(words, words), in_order);
        __m128i low = _mm256_castsi256_si128(means);
        _mm_storeu_si128((__m128i *)(quarter + x / 4), low);
        uint64_t strips = sum_two_strips(upper_pairs, lower_pairs);
        upper_strips[x / BLOCK] = (uint16_t)strips;
        lower_strips[x / BLOCK] = (uint16_t)(strips >> 32);
    }
    return x;
}
