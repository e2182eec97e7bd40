/* Single rows: bits made bytes, streaks mended; and which processor does them. */
#pragma once
#include "picture.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(PLAIN)
#include "avx2.h"
static int have_avx2;
__attribute__((constructor)) static void ask_processor(void) {
    __builtin_cpu_init();
    have_avx2 = __builtin_cpu_supports("avx2");
}
#define BY_AVX2(call) (have_avx2 ? (call) : 0)
#else
#define BY_AVX2(call) 0
#define keep_near_avx2 keep_near
#define blend_slant_avx2(row, from, to, out) blend_slant(row, (row)->part, from, to, out)
enum { have_avx2 = 0 };
#endif

static uint64_t spread[256]; /* the eight bits of a byte as eight bytes: 0 where the bit is set (ink), else 255 */

__attribute__((constructor)) static void fill_spread(void) {
    for (int value = 0; value < 256; value++) {
        uint8_t bytes[8];
        for (int k = 0; k < 8; k++) bytes[k] = (value >> (7 - k)) & 1 ? 0 : 255;
        memcpy(&spread[value], bytes, 8);
    }
}

LEAF void expand_bits(const uint8_t *bits, int width, uint8_t *out) {
    int done = BY_AVX2(expand_bits_avx2(bits, width, out));
    for (int k = done / 8; k < width / 8; k++) memcpy(out + 8 * k, &spread[bits[k]], 8);
    if (width % 8) memcpy(out + width / 8 * 8, &spread[bits[width / 8]], width % 8);
}

LEAF void mend_streak(uint8_t *row, int width, const Streak *s) {
    int left = s->x0 > 0 ? row[s->x0 - 1] : 255, right = s->x1 < width ? row[s->x1] : 255, wide = s->x1 - s->x0;
    for (int x = s->x0; x < s->x1; x++) {
        int gain = s->gains[x - s->x0];
        int value = gain ? (row[x] * gain + 128) >> 8 : left + (right - left) * (x - s->x0 + 1) / (wide + 1);
        row[x] = (uint8_t)(value > 255 ? 255 : value);
    }
}

/* Row y with one byte a pixel: the source itself, or expanded into `scratch`. */
LEAF const uint8_t *read_row(const Picture *p, int y, uint8_t *scratch) {
    const uint8_t *row = p->pixels + (ptrdiff_t)y * p->stride;
    if (p->levels != 1) return row;
    expand_bits(row, p->width, scratch);
    return scratch;
}

LEAF uint64_t first_highest(uint64_t word) { /* from memory into a number, or back */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return word;
#else
    return __builtin_bswap64(word);
#endif
}

LEAF uint64_t load_word(const uint8_t *bits) {
    uint64_t word;
    memcpy(&word, bits, 8);
    return first_highest(word);
}
