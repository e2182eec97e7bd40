/* Lines made level: two shears, row by row. */
#pragma once
#include "rows.h"

/* What lies between pixel a and pixel b, `weight` 128ths of the way. */
LEAF uint8_t between(uint8_t a, uint8_t b, int weight) {
    uint16_t sum = (uint16_t)(a * ((1 << WEIGHT_BITS) - weight)) + (uint16_t)(b * weight);
    return (uint8_t)((uint16_t)(sum + (1 << (WEIGHT_BITS - 1))) >> WEIGHT_BITS);
}

/* `count` pixels of a row moved left by a fraction (in 128ths): between each pixel and the next. */
LEAF void blend_next(const uint8_t *restrict row, int count, int weight, uint8_t *restrict out) {
    int done = BY_AVX2(blend_next_avx2(row, count, weight, out));
    for (int x = done; x < count; x++) out[x] = between(row[x], row[x + 1], weight);
}

/* Row pixels at x + shift for x in [first, last); `fill` where there are none. */
LEAF void shear_across(const uint8_t *row, int width, double shift, int fill, int first, int last, uint8_t *out) {
    double floor_shift = floor(shift);
    int weight = (int)((shift - floor_shift) * (1 << WEIGHT_BITS) + 0.5); /* all of it: the next pixel itself */
    if (floor_shift <= -width || floor_shift >= width) { memset(out + first, fill, (size_t)(last - first)); return; }
    int whole = (int)floor_shift;
    int from = whole < -first ? -whole : first, to = width - whole - (weight ? 1 : 0);
    if (from > last) from = last;
    if (to > last) to = last;
    if (to < from) to = from;
    memset(out + first, fill, (size_t)(from - first));
    if (weight) blend_next(row + from + whole, to - from, weight, out + from);
    else memcpy(out + from, row + from + whole, (size_t)(to - from));
    memset(out + to, fill, (size_t)(last - to));
}

/* Columns [from, to) of a slanting row, in whole parts. */
LEAF void blend_slant(const Slant *s, int part, int from, int to, uint8_t *restrict out) {
    for (int x = from; x < to; x += part) {
        const uint8_t *a = slant_row(s, x, 0), *b = slant_row(s, x, 1), *c = slant_row(s, x, 2), *t = slant_shares(s, x);
        for (int k = 0; k < part; k++) {
            uint8_t lower = t[k] >> WEIGHT_BITS; /* it lies between the second row and the third */
            out[x + k] = between(lower ? b[k] : a[k], lower ? c[k] : b[k], t[k] & ((1 << WEIGHT_BITS) - 1));
        }
    }
}

/* A picture whose lines run along `slope` (> 0: down to the right) levelled row by row: two shears about its centre.
 * Level pixel (x, y) is taken from Y = y + slope * (x - width/2), X = x - slope * (Y - height/2). The ring holds the rows that the
 * first has made and the second still needs. Source: Catmull and Smith 1980, without their change of scale. */
typedef struct {
    const Picture *page;
    double slope;
    int fill;
    const Streak *streaks;
    int streak_count;
    Slant slant;
    uint8_t *scratch;
    int top;
    int first, last;      /* columns of the levelled picture that are wanted */
    const uint8_t *wanted; /* 0 for rows of the picture that no wanted row is made from; NULL: all are */
} Shear;

static int open_shear(Shear *s) {
    if (!(fabs(s->slope) <= 1.0)) return -1; /* no page lies like that; NaN neither */
    if (fabs(s->slope) < 1e-6) s->slope = 0;
    double reach = ceil(fabs(s->slope) * s->page->width);
    s->first = 0;
    s->last = s->page->width;
    Slant *l = &s->slant;
    int ring_rows = 8;
    while (ring_rows < (int)reach + 8) ring_rows *= 2;
    l->mask = ring_rows - 1;
    l->wide = (s->page->width / BLOCK + 3) * BLOCK;
    l->step = llrint(s->slope * 4294967296.0);
    for (l->part = BLEND; l->part * fabs(s->slope) > 1.0;) l->part /= 2;
    s->top = (int)floor(-fabs(s->slope) * s->page->width / 2.0) - 2;
    l->ring = room((size_t)ring_rows * (size_t)l->wide);
    s->scratch = room((size_t)l->wide);
    l->shares = room((size_t)(WEIGHTS + 1) * (size_t)l->part);
    if (!l->ring || !s->scratch || !l->shares) return -1;
    for (int phase = 0; phase <= WEIGHTS; phase++) /* where lines rise, a part is counted from its lower end */
        for (int k = 0; k < l->part; k++) {
            double on = (double)phase / WEIGHTS + fabs(s->slope) * (s->slope < 0 ? l->part - 1 - k : k);
            long share = lrint(on * (1 << WEIGHT_BITS));
            l->shares[phase * l->part + k] = (uint8_t)(share > 255 ? 255 : share);
        }
    return 0;
}

static void close_shear(Shear *s) {
    free(s->slant.ring);
    free(s->slant.shares);
    free(s->scratch);
}

LEAF uint8_t *ring_row(const Shear *s, int y) {
    return s->slant.ring + (ptrdiff_t)(y & s->slant.mask) * s->slant.wide;
}

/* The columns that a streak reaches once more, from a copy in which it is mended. Streaks may touch each other: they
 * are mended from left to right, each beside what the one before left. */
LEAF void shear_streak(Shear *s, int k, const uint8_t *row, double shift, uint8_t *out) {
    int width = s->page->width, whole = (int)floor(shift);
    const Streak *streak = &s->streaks[k];
    int from = streak->x0 > 1 ? streak->x0 - 2 : 0, to = streak->x1 + 2 < width ? streak->x1 + 2 : width;
    int done = k ? s->streaks[k - 1].x1 : 0; /* so far the copy is mended already */
    if (row != s->scratch && to > done) {
        int first = from > done ? from : done;
        memcpy(s->scratch + first, row + first, (size_t)(to - first));
    }
    mend_streak(s->scratch, width, streak);
    int first = streak->x0 - whole - 1, last = streak->x1 - whole;
    if (first < s->first) first = s->first;
    if (last > s->last) last = s->last;
    if (first < last) shear_across(s->scratch, width, shift, s->fill, first, last, out);
}

LEAF void feed_ring(Shear *s, int last) {
    const Picture *p = s->page;
    for (; s->top <= last; s->top++) {
        uint8_t *out = ring_row(s, s->top);
        if (s->top < 0 || s->top >= p->height) { memset(out, s->fill, (size_t)p->width); continue; }
        if (s->wanted && !s->wanted[s->top]) continue;
        const uint8_t *row = read_row(p, s->top, s->scratch);
        double shift = -s->slope * (s->top - p->height / 2.0);
        shear_across(row, p->width, shift, s->fill, s->first, s->last, out);
        for (int k = 0; k < s->streak_count; k++) shear_streak(s, k, row, shift, out);
    }
}

/* Pixels [from, to) of row y of the levelled picture; `from` is where a block begins, `out` has room for the rest of the
 * last one. */
LEAF void level_span(const Shear *s, int y, int from, int to, uint8_t *out) {
    if (s->slope == 0.0) { memcpy(out + from, ring_row(s, y) + from, (size_t)(to - from)); return; }
    Slant row = s->slant;
    row.at = llrint((y - s->slope * s->page->width / 2.0) * 4294967296.0) + (row.step < 0 ? row.step * (row.part - 1) : 0);
    if (have_avx2 && row.part >= 8) blend_slant_avx2(&row, from, to, out);
    else blend_slant(&row, row.part, from, to, out);
}

LEAF void prepare_row(Shear *s, int y) { feed_ring(s, (int)ceil(y + fabs(s->slope) * s->page->width / 2.0) + 2); }

/* A picture with its lines level again, same size. For maps and for pages that only need that. */
API int lz_shear(const Picture *page, double slope, int32_t fill, uint8_t *out) {
    Shear s = {.page = page, .slope = slope, .fill = fill};
    int status = open_shear(&s);
    uint8_t *row = room((size_t)s.slant.wide);
    if (!row) status = -1;
    for (int y = 0; !status && y < page->height; y++) {
        prepare_row(&s, y);
        level_span(&s, y, 0, page->width, row);
        memcpy(out + (size_t)y * (size_t)page->width, row, (size_t)page->width);
    }
    free(row);
    close_shear(&s);
    return status;
}
