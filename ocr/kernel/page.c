/* The full-resolution passes of the hot path. Plain C11 that compilers vectorise; no state, no I/O.
 *
 * Conventions: a picture is (pixels, stride, width, height); stride is in bytes and may be negative. Grey is one byte a
 * pixel, 0 = black. Bits are packed eight a byte, the most significant bit first, 1 = ink. `levels` is 8 for grey and
 * 1 for bits. The source is never written. Every function returns 0, or -1 when memory ran out.
 * How it is driven, and the same in OpenCV and numpy: __init__.py and twin.py beside this file. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(PLAIN) && !defined(NO_CLONES)
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif
#define API __attribute__((visibility("default"))) FAST
/* WEIGHT_BITS: a pixel between two others is taken in 128ths, finer than either can be seen. */
enum { BLOCK = 64, BLEND = 32, CELL = 8, REACH = 2, WEIGHTS = 256, WEIGHT_BITS = 7, MAP_STEP = 4, NARROW_GAP = 64 };

/* Rows from which slanting ones are taken: row r of the picture is row r & mask of `ring`, `wide` bytes each. Column x is
 * taken from row at + step * x (32 more bits), by parts of `part` columns, within which at most two rows end. `shares`
 * has, for each 256th of a row at which a part may begin, how far each of its columns is on from there, in 128ths. */
typedef struct {
    uint8_t *ring, *shares;
    ptrdiff_t wide;
    int mask, part;
    int64_t at, step;
} Slant;

#define LEAF static inline __attribute__((always_inline)) /* so that each version of a pass has its own */

/* The first of the three rows that a part which begins at column x needs, and its shares. */
LEAF const uint8_t *slant_row(const Slant *s, int x, int row) {
    int64_t at = s->at + s->step * x;
    return s->ring + (ptrdiff_t)(((int)(at >> 32) + row) & s->mask) * s->wide + x;
}

LEAF const uint8_t *slant_shares(const Slant *s, int x) {
    int64_t at = s->at + s->step * x;
    return s->shares + (((at & 0xffffffff) + (1 << 23)) >> 24) * s->part;
}

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

typedef struct {
    const uint8_t *pixels;
    ptrdiff_t stride;
    int32_t width, height, levels;
} Picture;

/* Columns [x0, x1) that a streak darkened: each pixel is multiplied by gain / 256 (8.8 fixed), or, where gain is 0,
 * replaced by what lies beside the streak. `gains` has one entry a column. */
typedef struct {
    int32_t x0, x1;
    const uint16_t *gains;
} Streak;

/* ------------------------------------------------------------------------------------------------ rows */

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

/* ---------------------------------------------------------------------------------------------- survey */

LEAF void add_rows(const uint8_t *a, const uint8_t *b, int from, int width, uint16_t *restrict sums) {
    for (int x = from; x < width; x++) sums[x] = (uint16_t)(a[x] + b[x]);
}

LEAF void keep_largest(const uint8_t *const rows[4], int from, int width, uint8_t *restrict largest) {
    const uint8_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    for (int x = from; x < width; x++) {
        uint8_t ab = a[x] > b[x] ? a[x] : b[x], cd = c[x] > d[x] ? c[x] : d[x];
        uint8_t all = ab > cd ? ab : cd;
        largest[x] = all > largest[x] ? all : largest[x];
    }
}

/* Means of four columns of four rows, from the sums of two rows each. */
LEAF void average_fours(const uint16_t *upper, const uint16_t *lower, int from, int count, uint8_t *restrict means) {
    for (int k = from; k < count; k++) {
        const uint16_t *u = upper + 4 * k, *l = lower + 4 * k;
        uint16_t sum = (uint16_t)(u[0] + l[0]) + (uint16_t)(u[1] + l[1]) + (uint16_t)(u[2] + l[2]) + (uint16_t)(u[3] + l[3]);
        means[k] = (uint8_t)((sum + 8) >> 4);
    }
}

LEAF void sum_strips(const uint16_t *pair, int from, int count, uint16_t *restrict strips) {
    for (int k = from; k < count; k++) {
        uint16_t sum = 0; /* 64 times 510 fits */
        for (int x = BLOCK * k; x < BLOCK * (k + 1); x++) sum = (uint16_t)(sum + pair[x]);
        strips[k] = sum;
    }
}

LEAF void keep_darkest(const uint8_t *const rows[4], int from, int width, uint8_t *restrict darkest) {
    const uint8_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    for (int x = from; x < width; x++) {
        uint8_t ab = a[x] < b[x] ? a[x] : b[x], cd = c[x] < d[x] ? c[x] : d[x];
        uint8_t all = ab < cd ? ab : cd;
        darkest[x] = all < darkest[x] ? all : darkest[x];
    }
}

/* The darkest of eight columns, or fewer than sixteen in the last cell, where that is darker than what stands there. */
LEAF void darkest_cells(const uint8_t *darkest, int from, int width, uint8_t *restrict cells) {
    int count = width / CELL;
    for (int k = from / CELL; k < count; k++) {
        uint8_t least = cells[k];
        for (int x = 0; x < CELL; x++) least = darkest[CELL * k + x] < least ? darkest[CELL * k + x] : least;
        cells[k] = least;
    }
    for (int x = count * CELL; count && x < width; x++)
        if (darkest[x] < cells[count - 1]) cells[count - 1] = darkest[x];
}

/* One pass over the page, by blocks of four rows; what does not fill one is left out. `quarter` (height/4, width/4):
 * means of 4x4 pixels. `largest` (ceil(height/band), width): the lightest pixel of each column in each band of rows
 * (`band` divides by 4). `strips` (height/4*2, width/64): sums of 64 pixels of two rows. `cells` (height/8, width/8):
 * the darkest of 8x8 pixels; what does not fill a cell belongs to the last one. */
API int lz_survey(const Picture *page, uint8_t *quarter, uint8_t *largest, int32_t band, uint16_t *strips,
                  uint8_t *cells) {
    int width = page->width, quarters = width / 4, blocks = width / BLOCK, cell_rows = page->height / CELL;
    size_t cells_wide = (size_t)(width / CELL), sums = ((size_t)width + 4) * sizeof(uint16_t);
    uint8_t *scratch = malloc(4 * (size_t)width + 1), *darkest = malloc((size_t)width + 1);
    uint16_t *pairs[2] = {malloc(sums), malloc(sums)};
    int status = scratch && darkest && pairs[0] && pairs[1] ? 0 : -1;
    memset(largest, 0, (size_t)((page->height + band - 1) / band) * (size_t)width);
    memset(cells, 255, (size_t)cell_rows * cells_wide);
    for (int y = 0; !status && y + 4 <= page->height; y += 4) {
        const uint8_t *rows[4];
        uint8_t *means = quarter + (size_t)(y / 4) * quarters, *most = largest + (size_t)(y / band) * width;
        uint16_t *upper = strips + (size_t)(y / 2) * blocks, *lower = upper + blocks;
        uint8_t *least = cells + (size_t)(y / CELL < cell_rows ? y / CELL : cell_rows - 1) * cells_wide;
        int done = 0;
        for (int k = 0; k < 4; k++) rows[k] = read_row(page, y + k, scratch + (size_t)k * width);
        if (cell_rows) done = BY_AVX2(survey_four_avx2(rows, width, means, most, upper, lower, least));
        add_rows(rows[0], rows[1], done, width, pairs[0]);
        add_rows(rows[2], rows[3], done, width, pairs[1]);
        sum_strips(pairs[0], done / BLOCK, blocks, upper);
        sum_strips(pairs[1], done / BLOCK, blocks, lower);
        average_fours(pairs[0], pairs[1], done / 4, quarters, means);
        keep_largest(rows, done, width, most);
        if (y % CELL == 0 && width > 0) memset(darkest, 255, (size_t)width);
        keep_darkest(rows, done, width, darkest);
        if (y % CELL) darkest_cells(darkest, done, width, least);
    }
    for (int y = cell_rows * CELL; !status && cell_rows && y < page->height; y++)
        darkest_cells(read_row(page, y, scratch), 0, width, cells + (size_t)(cell_rows - 1) * cells_wide);
    free(scratch);
    free(darkest);
    free(pairs[0]);
    free(pairs[1]);
    return status;
}

/* ------------------------------------------------------------------------------------------------ skew */

/* Added with the weights of a quadratic B-spline: it blurs alike whatever part of a row is shifted, so that shifts by
 * whole rows have no advantage (linear interpolation blurs halves more). */
LEAF void add_shifted(const float *profile, int length, float part, float *restrict total) {
    float before = 0.5f * (0.5f - part) * (0.5f - part), after = 0.5f * (0.5f + part) * (0.5f + part);
    float middle = 0.75f - part * part;
    for (int y = 0; y < length; y++)
        total[y] += profile[y - 1] * before + profile[y] * middle + profile[y + 1] * after;
}

LEAF double sum_squares(const float *total, int length) {
    double sum = 0;
    for (int from = 0; from < length; from += 256) { /* short float sums: as exact as needed, and vectorised */
        int n = length - from < 256 ? length - from : 256;
        float lanes[8] = {0};
        for (int k = 0; k + 8 <= n; k += 8)
            for (int lane = 0; lane < 8; lane++) lanes[lane] += total[from + k + lane] * total[from + k + lane];
        for (int k = n / 8 * 8; k < n; k++) lanes[0] += total[from + k] * total[from + k];
        for (int lane = 0; lane < 8; lane++) sum += lanes[lane];
    }
    return sum;
}

/* Lower edges along each strip, for lz_slope_scores. `strips` (rows, count): sums of `unit` pixels. An edge is by how
 * many grey levels a row is lighter than the one `reach` rows before, less `least`, at most `most`; it counts where the
 * cells of the strip at both rows are on the page (`usable`, (usable_rows, columns), 8 cells a strip, `cell_rows` rows a
 * cell; NULL: everywhere), and is smoothed along the strip with 2 * taps + 1 `weights`. `profiles` (count, rows - reach
 * + 2 * pad), its padding zero. */
API int lz_profiles(const uint16_t *strips, int32_t rows, int32_t count, int32_t unit, int32_t reach, double least,
                    double most, const uint8_t *usable, int32_t usable_rows, int32_t columns, int32_t cell_rows,
                    const float *weights, int32_t taps, int32_t pad, float *profiles) {
    int height = rows - reach, length = height + 2 * pad, wide = BLOCK / CELL;
    float *edges = calloc((size_t)(height + 2 * taps) * count, sizeof *edges), *line = malloc(sizeof *line * (size_t)count);
    uint8_t *good = malloc((size_t)usable_rows * count + 1);
    int status = edges && line && good ? 0 : -1;
    for (int cell = 0; !status && usable && cell < usable_rows; cell++)
        for (int k = 0; k < count; k++) {
            uint8_t all = 1;
            for (int x = k * wide; x < (k + 1) * wide; x++)
                all &= x < columns ? usable[(size_t)cell * columns + x] != 0 : 0;
            good[(size_t)cell * count + k] = all;
        }
    float scale = 1.0f / (float)unit, low = (float)least, high = (float)(most - least);
    for (int y = 0; !status && y < height; y++) {
        const uint16_t *before = strips + (size_t)y * count, *after = strips + (size_t)(y + reach) * count;
        float *out = edges + (size_t)(y + taps) * count;
        for (int k = 0; k < count; k++) {
            float edge = (float)(after[k] - before[k]) * scale - low;
            edge = edge < 0 ? 0 : edge;
            out[k] = edge > high ? high : edge;
        }
        int upper = y / cell_rows, lower = (y + reach) / cell_rows;
        if (!usable) continue;
        if (lower >= usable_rows) { memset(out, 0, sizeof *out * (size_t)count); continue; }
        for (int k = 0; k < count; k++)
            if (!(good[(size_t)upper * count + k] & good[(size_t)lower * count + k])) out[k] = 0;
    }
    if (!status) memset(profiles, 0, sizeof *profiles * (size_t)count * length);
    for (int y = 0; !status && y < height; y++) {
        memset(line, 0, sizeof *line * (size_t)count);
        for (int t = 0; t <= 2 * taps; t++) {
            const float *row = edges + (size_t)(y + t) * count;
            for (int k = 0; k < count; k++) line[k] += row[k] * weights[t];
        }
        for (int k = 0; k < count; k++) profiles[(size_t)k * length + pad + y] = line[k];
    }
    free(edges);
    free(line);
    free(good);
    return status;
}

/* How well the profiles of `count` strips fall onto each other when shifted along a slope: sum of squares of their
 * total, for each of `tries` slopes. `profiles` (count, length): one row a strip, `pad` unused values at both ends;
 * strips are `apart` rows' heights wide. */
API int lz_slope_scores(const float *profiles, int32_t count, int32_t length, int32_t pad, double apart,
                        const double *slopes, int32_t tries, double *scores) {
    int size = length - 2 * pad;
    float *total = malloc(sizeof(float) * (size_t)size);
    if (!total) return -1;
    for (int t = 0; t < tries; t++) {
        memset(total, 0, sizeof(float) * (size_t)size);
        for (int k = 0; k < count; k++) {
            double shift = slopes[t] * (k + 0.5 - count / 2.0) * apart;
            int whole = (int)floor(shift + 0.5), start = pad + whole;
            if (start < 1 || start + size >= length) continue;
            add_shifted(profiles + (size_t)k * length + start, size, (float)(shift - whole), total);
        }
        scores[t] = sum_squares(total, size);
    }
    free(total);
    return 0;
}

/* ----------------------------------------------------------------------------------------------- level */

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

static void *room(size_t bytes) { return calloc(1, bytes); }

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

/* ----------------------------------------------------------------------------------------------- blobs */

/* Connected ink on a page reduced `step` times: a box, half-open, and its number of pixels, both reduced. */
typedef struct {
    int32_t x0, y0, x1, y1, area;
} Blob;

typedef struct {
    int32_t from, to, blob;
} Run;

typedef struct {
    Blob *blobs;
    int32_t *parents; /* union-find over provisional blobs */
    int32_t count, room;
} Found;

static int32_t root_of(int32_t *parents, int32_t k) {
    while (parents[k] != k) k = parents[k] = parents[parents[k]];
    return k;
}

static int32_t new_blob(Found *f) {
    if (f->count == f->room) {
        int32_t more = f->room ? f->room * 2 : 4096;
        if (f->room > INT32_MAX / 4) return -1;
        Blob *blobs = realloc(f->blobs, (size_t)more * sizeof *blobs);
        if (blobs) f->blobs = blobs;
        int32_t *parents = realloc(f->parents, (size_t)more * sizeof *parents);
        if (parents) f->parents = parents;
        if (!blobs || !parents) return -1;
        f->room = more;
    }
    f->parents[f->count] = f->count;
    f->blobs[f->count] = (Blob){INT32_MAX, INT32_MAX, 0, 0, 0};
    return f->count++;
}

static void grow(Blob *b, const Blob *by) {
    if (by->x0 < b->x0) b->x0 = by->x0;
    if (by->y0 < b->y0) b->y0 = by->y0;
    if (by->x1 > b->x1) b->x1 = by->x1;
    if (by->y1 > b->y1) b->y1 = by->y1;
    b->area += by->area;
}

/* Every second bit of a word moved together into its upper half: pairs that were or-ed into their left bit. */
LEAF uint64_t every_second(uint64_t v) {
    v &= 0xaaaaaaaaaaaaaaaaull;
    v = (v | v << 1) & 0xccccccccccccccccull;
    v = (v | v << 2) & 0xf0f0f0f0f0f0f0f0ull;
    v = (v | v << 4) & 0xff00ff00ff00ff00ull;
    v = (v | v << 8) & 0xffff0000ffff0000ull;
    return (v | v << 16) & 0xffffffff00000000ull;
}

/* `words` words or-ed in pairs of pixels into half as many (rounded up), in place. */
LEAF void halve(uint64_t *row, int words) {
    for (int k = 0; k < words; k += 2) {
        uint64_t left = row[k], right = k + 1 < words ? row[k + 1] : 0;
        row[k / 2] = every_second(left | left << 1) | every_second(right | right << 1) >> 32;
    }
}

/* A row of the reduced page: ink where any of step x step pixels is ink. Returns its number of words. */
LEAF int reduce_row(const uint8_t *bits, int64_t stride, int bytes, int rows, int step, uint64_t *out) {
    int words = (bytes + 7) / 8;
    memset(out, 0, (size_t)words * sizeof *out);
    for (int r = 0; r < rows; r++, bits += stride) {
        for (int w = 0; w < bytes / 8; w++) out[w] |= load_word(bits + 8 * w);
        for (int k = bytes / 8 * 8; k < bytes; k++) out[words - 1] |= (uint64_t)bits[k] << (56 - k % 8 * 8);
    }
    for (; step > 1; step /= 2) {
        halve(out, words);
        words = (words + 1) / 2;
    }
    return words;
}

/* The runs of ink of a row: at most 32 a word, and the one that reaches the row's end. */
LEAF int find_runs(const uint64_t *row, int words, Run *runs) {
    int count = 0, open = 0;
    for (int w = 0; w < words; w++) {
        uint64_t v = open ? ~row[w] : row[w]; /* looked for: the next pixel that differs */
        while (v) {
            int at = __builtin_clzll(v);
            if (open) runs[count++].to = w * 64 + at;
            else runs[count].from = w * 64 + at;
            open = !open;
            v = at == 63 ? 0 : ~v & (~0ull >> (at + 1));
            if (at == 63) break;
        }
    }
    if (open) runs[count++].to = words * 64;
    return count;
}

/* Give each run of a row its blob: that of the runs it touches in the row above, also over corners. */
static int join_runs(Found *f, Run *runs, int count, const Run *above, int above_count, int y) {
    for (int k = 0, j = 0; k < count; k++) {
        Run *run = &runs[k];
        run->blob = -1;
        while (j < above_count && above[j].to < run->from) j++;
        for (int i = j; i < above_count && above[i].from <= run->to; i++) {
            int32_t other = root_of(f->parents, above[i].blob);
            int32_t mine = run->blob < 0 ? other : root_of(f->parents, run->blob);
            if (mine != other) {
                int32_t older = mine < other ? mine : other, younger = mine < other ? other : mine;
                f->parents[younger] = older;
                grow(&f->blobs[older], &f->blobs[younger]);
                mine = older;
            }
            run->blob = mine;
        }
        if (run->blob < 0 && (run->blob = new_blob(f)) < 0) return -1;
        Blob own = {run->from, y, run->to, y + 1, run->to - run->from};
        grow(&f->blobs[run->blob], &own);
    }
    return 0;
}

/* How many bits are set in each byte of a word, in that byte. */
LEAF uint64_t count_in_bytes(uint64_t v) {
    v -= v >> 1 & 0x5555555555555555ull;
    v = (v & 0x3333333333333333ull) + (v >> 2 & 0x3333333333333333ull);
    return (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0full;
}

LEAF void add_cells(const uint64_t *row, int words, uint64_t *counts) { /* at most 64 in eight rows */
    for (int w = 0; w < words; w++) counts[w] += count_in_bytes(row[w]);
}

LEAF void write_cells(const uint64_t *counts, int columns, uint16_t *cells) {
    for (int k = 0; k < columns; k++) cells[k] = (uint8_t)(counts[k / 8] >> (56 - k % 8 * 8));
}

/* All blobs of a page of bits, reduced `step` times (1, 2 or 4); bits beyond the width are 0. `cells`
 * (ceil(height/step/8), ceil(width/step/8)): ink pixels in cells of 8x8 reduced ones.
 * Returns how many blobs there are, -1 when memory ran out; at most `room` of them are written. */
API int64_t lz_blobs(const uint8_t *bits, int64_t stride, int32_t width, int32_t height, int32_t step, Blob *out,
                     int64_t out_room, uint16_t *cells) {
    int words = (width + 63) / 64, reduced = (height + step - 1) / step, columns = ((width + step - 1) / step + 7) / 8;
    Found f = {0};
    uint64_t *row = room((size_t)(words + 2) * sizeof *row), *counts = room((size_t)(words + 2) * sizeof *counts);
    Run *runs = malloc(2 * ((size_t)words * 32 + 1) * sizeof *runs), *above = runs ? runs + words * 32 + 1 : NULL;
    int above_count = 0, status = row && counts && runs ? 0 : -1;
    Run *first = runs;
    for (int y = 0; !status && y < reduced; y++) {
        int rows = height - y * step < step ? height - y * step : step;
        int n = reduce_row(bits + (int64_t)y * step * stride, stride, (width + 7) / 8, rows, step, row);
        add_cells(row, n, counts);
        if (y % CELL == CELL - 1 || y + 1 == reduced) {
            write_cells(counts, columns, cells + (size_t)(y / CELL) * columns);
            memset(counts, 0, (size_t)n * sizeof *counts);
        }
        int count = find_runs(row, n, runs);
        status = join_runs(&f, runs, count, above, above_count, y);
        Run *swap = runs;
        runs = above;
        above = swap;
        above_count = count;
    }
    int64_t count = 0;
    for (int32_t k = 0; !status && k < f.count; k++) {
        if (f.parents[k] != k) continue;
        if (count < out_room) out[count] = f.blobs[k];
        count++;
    }
    free(f.blobs);
    free(f.parents);
    free(row);
    free(counts);
    free(first);
    return status ? -1 : count;
}

/* Paint boxes (x0, y0, x1, y1 each, half-open, inside the page) as paper: in the bits, and with `rim` pixels around
 * them in the grey page. */
API void lz_erase(uint8_t *gray, uint8_t *bits, int64_t bits_stride, int32_t width, int32_t height,
                  const int32_t *boxes, int32_t count, int32_t rim) {
    for (int k = 0; k < count; k++, boxes += 4) {
        for (int y = boxes[1]; y < boxes[3]; y++)
            for (int x = boxes[0]; x < boxes[2]; x++) bits[y * bits_stride + x / 8] &= (uint8_t)~(128 >> x % 8);
        int x0 = boxes[0] < rim ? 0 : boxes[0] - rim, x1 = width - boxes[2] < rim ? width : boxes[2] + rim;
        int y0 = boxes[1] < rim ? 0 : boxes[1] - rim, y1 = height - boxes[3] < rim ? height : boxes[3] + rim;
        if (x1 <= x0) continue; /* a box turned inside out is none */
        for (int y = y0; y < y1; y++) memset(gray + (size_t)y * (size_t)width + x0, 255, (size_t)(x1 - x0));
    }
}

/* For each of `count` letters, sorted by x0, the nearest one to its right that stands at half its height and begins
 * at most `gap` further on; -1 where there is none. */
API void lz_neighbours(const Blob *letters, int32_t count, int32_t gap, int32_t *right) {
    for (int i = 0; i < count; i++) {
        int from = letters[i].x1, middle = (letters[i].y0 + letters[i].y1) / 2;
        int low = i + 1, high = count;
        while (low < high) { /* the first letter that begins at or after the end of this one */
            int mid = low + (high - low) / 2;
            if (letters[mid].x0 < from) low = mid + 1;
            else high = mid;
        }
        right[i] = -1;
        for (int j = low; j < count && letters[j].x0 < from + gap; j++)
            if (letters[j].y0 <= middle && middle < letters[j].y1) {
                right[i] = j;
                break;
            }
    }
}
