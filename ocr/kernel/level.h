/* The one pass that changes pixels: level, paper white, black and white, masked. */
#pragma once
#include "shear.h"

/* One row of a map at 1/8 of the resolution, drawn out to full width, linear between the centres of its cells. */
LEAF void widen(const uint8_t *restrict cells, int count, uint8_t *restrict out) {
    for (int k = 0; k + 1 < count; k++) {
        int16_t base = (int16_t)(cells[k] * 16 + 8), step = (int16_t)(cells[k + 1] - cells[k]);
        uint8_t *o = out + 4 + 8 * k;
        for (int x = 0; x < 8; x++) o[x] = (uint8_t)((int16_t)(base + step * (2 * x + 1)) >> 4);
    }
}

LEAF void mix_cells(const uint8_t *upper, const uint8_t *lower, int count, int eighths, uint8_t *restrict out) {
    for (int k = 0; k < count; k++) out[k] = (uint8_t)((upper[k] * (8 - eighths) + lower[k] * eighths + 4) >> 3);
}

/* Row y of a map of `rows` x `columns` cells, `width` pixels wide. */
LEAF void map_row(const uint8_t *map, int rows, int columns, int y, int width, uint8_t *mixed, uint8_t *out) {
    int at = y - 4, upper = at < 0 ? 0 : at / 8, eighths = at < 0 ? 0 : at % 8; /* centre of a cell is at 8k + 3.5 */
    if (upper >= rows - 1) { upper = rows - 1; eighths = 0; }
    int lower = upper + 1 < rows ? upper + 1 : upper, used = width / CELL + 2 < columns ? width / CELL + 2 : columns;
    mix_cells(map + (size_t)upper * columns, map + (size_t)lower * columns, used, eighths, mixed);
    widen(mixed, used, out);
    memset(out, mixed[0], (size_t)(width < 4 ? width : 4));
    int done = 4 + 8 * (used - 1);
    if (done < width) memset(out + done, mixed[used - 1], (size_t)(width - done));
    memset(out + width, 0, BLEND); /* a map may reach beyond the page */
}

LEAF void drop_below(uint8_t *level, int width, uint8_t floor) {
    for (int x = 0; x < width; x++) level[x] = level[x] < floor ? 0 : level[x];
}

/* Eight bytes of 0 or 1 become one byte, first byte = highest bit. */
LEAF void pack_bits(const uint8_t *ink, int bytes, uint8_t *bits) {
    for (int k = 0; k < bytes; k++) {
        uint64_t eight;
        memcpy(&eight, ink + 8 * k, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        bits[k] = (uint8_t)((eight * 0x8040201008040201ull) >> 56);
    }
}

/* `count` pixels (whole blocks) of grey with the paper made white (gain in 64ths), and bits of ink where it is darker
 * than the threshold; without a threshold it is white and no ink. */
LEAF void normalise(const uint8_t *restrict row, const uint8_t *restrict gain, const uint8_t *restrict level, int count,
                    uint8_t *restrict gray, uint8_t *restrict bits) {
    int done = BY_AVX2(normalise_avx2(row, gain, level, count, gray, bits));
    for (int at = done; at < count; at += BLEND) {
        const uint8_t *r = row + at, *g = gain + at, *l = level + at;
        uint8_t ink[BLEND];
        for (int x = 0; x < BLEND; x++) {
            uint16_t value = (uint16_t)((uint16_t)(r[x] * g[x]) >> 6);
            uint8_t white = l[x] ? 0 : 255;
            gray[at + x] = (uint8_t)(value > 255 ? 255 : value) | white;
        }
        for (int x = 0; x < BLEND; x++) ink[x] = r[x] < l[x];
        pack_bits(ink, BLEND / 8, bits + at / 8);
    }
}

/* 64 pixels: grey where the bit of `near` is set, else white. */
LEAF void keep_near(const uint8_t *gray, uint64_t near, uint8_t *out) {
    for (int at = 0; at < 64; at += 8) {
        uint64_t eight;
        memcpy(&eight, gray + at, 8);
        eight |= spread[(near >> (56 - at)) & 255];
        memcpy(out + at, &eight, 8);
    }
}

/* Grey stays within REACH pixels of ink, all else becomes white. `near` are the words of five rows or-ed together as they
 * lie in memory, with an empty word before and after. */
LEAF void mask_row(const uint64_t *near, int words, const uint8_t *gray, int width, uint8_t *out) {
    uint64_t left = 0, v = first_highest(near[1]);
    for (int k = 0; k < words; k++) {
        uint64_t right = first_highest(near[k + 2]);
        uint64_t m = v | v << 1 | v << 2 | v >> 1 | v >> 2 | left << 63 | left << 62 | right >> 63 | right >> 62;
        int from = k * 64;
        left = v;
        v = right;
        if (from + 64 > width) {
            for (int x = from; x < width; x++) out[x] = (m >> (63 - (x - from))) & 1 ? gray[x] : 255;
        } else if (!m) memset(out + from, 255, 64);
        else if (have_avx2) keep_near_avx2(gray + from, m, out + from);
        else keep_near(gray + from, m, out + from);
    }
}

/* What a page needs beside itself. Maps have `map_rows` x `map_columns` cells of 8x8 pixels of the levelled page:
 * `levels` is the threshold (below `floor` = not on the page: white), `gains` in 64ths, `busy` is 0 where there is surely
 * no ink. */
typedef struct {
    double slope;
    const uint8_t *levels, *gains, *busy;
    int32_t map_rows, map_columns;
    const Streak *streaks;
    int32_t streak_count, mask, floor;
} Plan;

typedef struct {
    int from, to;
} Span;

typedef struct {
    uint8_t *row, *level, *gain, *mixed, *kept;
    uint64_t *near;
    uint8_t *wanted;
    Span *spans;
    int span_count, last_row; /* the last row so far that has a span */
    size_t wide;
} Rows;

static int open_rows(Rows *r, int width, int height, int map_columns) {
    r->last_row = -1 - REACH;
    r->wanted = room((size_t)height + 1);
    r->wide = ((size_t)width / BLOCK + 3) * BLOCK;
    r->row = room(r->wide);
    r->level = room(r->wide);
    r->gain = room(r->wide);
    r->mixed = room((size_t)map_columns + 8);
    r->kept = room((2 * REACH + 1) * r->wide);
    r->near = room((r->wide / 64 + 2) * sizeof(uint64_t));
    r->spans = room(((size_t)map_columns + 2) * sizeof(Span));
    return r->row && r->level && r->gain && r->mixed && r->kept && r->near && r->spans && r->wanted ? 0 : -1;
}

static void close_rows(Rows *r) {
    free(r->row);
    free(r->level);
    free(r->gain);
    free(r->mixed);
    free(r->kept);
    free(r->near);
    free(r->spans);
    free(r->wanted);
}

static uint8_t *kept_row(const Rows *r, int y) { return r->kept + (size_t)(y % (2 * REACH + 1)) * r->wide; }

/* Where in a row of cells there may be ink, in pixels; whole blocks, gaps of two blocks are kept. All of the row where
 * the grey is wanted everywhere. */
static void find_spans(Rows *r, const Plan *plan, int y, int width) {
    int row = y / CELL < plan->map_rows ? y / CELL : plan->map_rows - 1, wide = BLEND / CELL;
    r->span_count = 0;
    if (!plan->mask || !plan->busy) {
        r->spans[r->span_count++] = (Span){0, width};
        return;
    }
    const uint8_t *busy = plan->busy + (size_t)row * plan->map_columns;
    for (int k = 0; k < plan->map_columns && k * CELL < width; k++) {
        if (!busy[k]) continue;
        int from = k / wide * BLEND, to = k + 1 == plan->map_columns ? width : from + BLEND; /* the last ends the row */
        Span *last = r->span_count ? &r->spans[r->span_count - 1] : NULL;
        if (last && from - last->to <= NARROW_GAP) last->to = to;
        else r->spans[r->span_count++] = (Span){from, to};
    }
}

/* Which rows of the page, and which columns of the levelled one, are needed for all the places where ink may be. */
static void find_wanted(Shear *s, Rows *r, const Plan *plan) {
    int height = s->page->height, width = s->page->width, first = width, last = 0;
    int reach = (int)ceil(fabs(s->slope) * width / 2.0) + 3;
    if (!plan->mask || !plan->busy) return;
    for (int y = 0; y < height; y += CELL) {
        find_spans(r, plan, y, width);
        if (!r->span_count) continue;
        int from = y - reach < 0 ? 0 : y - reach, to = y + CELL + reach > height ? height : y + CELL + reach;
        memset(r->wanted + from, 1, (size_t)(to - from));
        if (r->spans[0].from < first) first = r->spans[0].from;
        if (r->spans[r->span_count - 1].to > last) last = r->spans[r->span_count - 1].to;
    }
    s->wanted = r->wanted;
    s->first = first < last ? first : 0;
    s->last = last;
}

/* Row y: levelled, its ink packed, its grey in r->kept, where there may be ink, else white. Spans are rounded up to whole
 * blocks: what lies beyond the page has threshold 0, so no ink. */
LEAF void make_row(Rows *r, Shear *s, int y, uint8_t *gray, uint8_t *bits) {
    int width = s->page->width, done = 0;
    for (int k = 0; k < r->span_count; k++) {
        int from = r->spans[k].from, to = (r->spans[k].to + BLEND - 1) / BLEND * BLEND;
        memset(gray + done, 255, (size_t)(from - done));
        done = to;
        level_span(s, y, from, to, r->row);
        normalise(r->row + from, r->gain + from, r->level + from, to - from, gray + from, bits + from / 8);
    }
    if (done < width) memset(gray + done, 255, (size_t)(width - done));
    if (r->span_count) r->last_row = y;
}

/* Emit grey row y, for which the ink of rows y - REACH .. y + REACH is known. */
LEAF void emit_gray(Rows *r, const Picture *page, const uint8_t *bits, int64_t bits_stride, int y, uint8_t *gray) {
    int words = (page->width + 63) / 64;
    if (r->last_row < y - REACH) { memset(gray + (size_t)y * (size_t)page->width, 255, (size_t)page->width); return; }
    memset(r->near, 0, (size_t)(words + 2) * sizeof(uint64_t));
    for (int k = -REACH; k <= REACH; k++) {
        if (y + k < 0 || y + k >= page->height) continue;
        const uint8_t *row = bits + (y + k) * bits_stride;
        for (int w = 0; w < words; w++) {
            uint64_t word;
            memcpy(&word, row + 8 * w, 8);
            r->near[w + 1] |= word;
        }
    }
    mask_row(r->near, words, kept_row(r, y), page->width, gray + (size_t)y * (size_t)page->width);
}

/* One pass over the page: streaks mended, lines level (two shears), paper white, black and white, grey masked.
 * `gray` (height, width); `bits` (height rows of bits_stride bytes, a multiple of 8 that holds the width). */
API int lz_level(const Picture *page, const Plan *plan, uint8_t *gray, uint8_t *bits, int64_t bits_stride) {
    Shear s = {.page = page, .slope = plan->slope, .fill = 255, .streaks = plan->streaks,
               .streak_count = plan->streak_count};
    Rows r = {0};
    int width = page->width, status = open_shear(&s) | open_rows(&r, width, page->height, plan->map_columns);
    if (!status) find_wanted(&s, &r, plan);
    memset(bits, 0, (size_t)bits_stride * (size_t)page->height);
    for (int y = 0; !status && y < page->height + REACH; y++) {
        if (y < page->height) {
            uint8_t *kept = kept_row(&r, y), *out = gray + (size_t)y * (size_t)width;
            if (y % CELL == 0) find_spans(&r, plan, y, width);
            if (y % MAP_STEP == 0 && r.span_count) {
                map_row(plan->levels, plan->map_rows, plan->map_columns, y + MAP_STEP / 2, width, r.mixed, r.level);
                if (plan->floor > 1) drop_below(r.level, width, (uint8_t)plan->floor);
                map_row(plan->gains, plan->map_rows, plan->map_columns, y + MAP_STEP / 2, width, r.mixed, r.gain);
            }
            prepare_row(&s, y);
            make_row(&r, &s, y, kept, bits + y * bits_stride);
            if (!plan->mask) memcpy(out, kept, (size_t)width);
        }
        if (plan->mask && y >= REACH) emit_gray(&r, page, bits, bits_stride, y - REACH, gray);
    }
    close_rows(&r);
    close_shear(&s);
    return status;
}
