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

#if defined(__x86_64__) && defined(__GNUC__) && !defined(NO_CLONES)
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif
#define API __attribute__((visibility("default"))) FAST
#define LEAF static inline __attribute__((always_inline)) /* so that each version of a pass has its own */

enum { BLOCK = 64, REACH = 2, WEIGHTS = 128, MAP_STEP = 4 };

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
    for (int k = 0; k < width / 8; k++) memcpy(out + 8 * k, &spread[bits[k]], 8);
    if (width % 8) memcpy(out + width / 8 * 8, &spread[bits[width / 8]], width % 8);
}

LEAF void mend_streaks(uint8_t *row, int width, const Streak *streaks, int count) {
    for (int k = 0; k < count; k++) {
        const Streak *s = &streaks[k];
        int left = s->x0 > 0 ? row[s->x0 - 1] : 255, right = s->x1 < width ? row[s->x1] : 255;
        int wide = s->x1 - s->x0;
        for (int x = s->x0; x < s->x1; x++) {
            int gain = s->gains[x - s->x0];
            int value = gain ? (row[x] * gain + 128) >> 8 : left + (right - left) * (x - s->x0 + 1) / (wide + 1);
            row[x] = (uint8_t)(value > 255 ? 255 : value);
        }
    }
}

/* Row y with one byte a pixel and its streaks mended: the source itself where nothing is to be done, else `scratch`. */
LEAF const uint8_t *read_row(const Picture *p, int y, const Streak *streaks, int count, uint8_t *scratch) {
    const uint8_t *row = p->pixels + (ptrdiff_t)y * p->stride;
    if (p->levels == 1) {
        expand_bits(row, p->width, scratch);
    } else if (count) {
        memcpy(scratch, row, (size_t)p->width);
    } else {
        return row;
    }
    if (count) mend_streaks(scratch, p->width, streaks, count);
    return scratch;
}

/* ---------------------------------------------------------------------------------------------- survey */

LEAF void sum_rows(const uint8_t *const rows[4], int width, uint16_t *restrict sums) {
    const uint8_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    for (int x = 0; x < width; x++) sums[x] = (uint16_t)(a[x] + b[x] + c[x] + d[x]);
}

LEAF void keep_largest(const uint8_t *const rows[4], int width, uint8_t *restrict largest) {
    const uint8_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    for (int x = 0; x < width; x++) {
        uint8_t ab = a[x] > b[x] ? a[x] : b[x], cd = c[x] > d[x] ? c[x] : d[x];
        uint8_t all = ab > cd ? ab : cd;
        largest[x] = all > largest[x] ? all : largest[x];
    }
}

LEAF void sum_fours(const uint16_t *sums, int count, uint8_t *restrict means) {
    for (int k = 0; k < count; k++) {
        const uint16_t *s = sums + 4 * k;
        means[k] = (uint8_t)((s[0] + s[1] + s[2] + s[3] + 8) >> 4);
    }
}

LEAF void sum_strips(const uint8_t *row, int count, uint16_t *restrict strips) {
    for (int k = 0; k < count; k++) {
        const uint8_t *p = row + BLOCK * k;
        uint32_t sum = 0;
        for (int x = 0; x < BLOCK; x++) sum += p[x];
        strips[k] = (uint16_t)sum;
    }
}

/* One pass over the page. `quarter` (height/4, width/4): means of 4x4 pixels. `largest` (ceil(height/band), width):
 * the lightest pixel of each column in each band of rows (`band` divides by 4), over whole blocks of four rows.
 * `strips` (height/4*4, width/64): sums of 64 pixels of a row. */
API int lz_survey(const Picture *page, uint8_t *quarter, uint8_t *largest, int32_t band, uint16_t *strips) {
    int width = page->width, quarters = width / 4, blocks = width / BLOCK;
    uint8_t *scratch = malloc(4 * (size_t)width + 1);
    uint16_t *sums = malloc(((size_t)width + 4) * sizeof *sums);
    if (!scratch || !sums) { free(scratch); free(sums); return -1; }
    memset(largest, 0, (size_t)((page->height + band - 1) / band) * width);
    for (int y = 0; y + 4 <= page->height; y += 4) {
        const uint8_t *rows[4];
        for (int k = 0; k < 4; k++) rows[k] = read_row(page, y + k, NULL, 0, scratch + (size_t)k * width);
        sum_rows(rows, width, sums);
        sum_fours(sums, quarters, quarter + (size_t)(y / 4) * quarters);
        keep_largest(rows, width, largest + (size_t)(y / band) * width);
        for (int k = 0; k < 4; k++) sum_strips(rows[k], blocks, strips + (size_t)(y + k) * blocks);
    }
    free(scratch);
    free(sums);
    return 0;
}

/* ------------------------------------------------------------------------------------------------ skew */

LEAF void add_shifted(const float *profile, int length, float part, float *restrict total) {
    for (int y = 0; y < length; y++) total[y] += profile[y] + (profile[y + 1] - profile[y]) * part;
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
            int whole = (int)floor(shift), start = pad + whole;
            if (start < 0 || start + size >= length) continue;
            add_shifted(profiles + (size_t)k * length + start, size, (float)(shift - whole), total);
        }
        scores[t] = sum_squares(total, size);
    }
    free(total);
    return 0;
}

/* ----------------------------------------------------------------------------------------------- level */

/* `count` pixels of a row moved left by a fraction: out[x] = row[x] * (1 - weight/128) + row[x+1] * weight/128. */
LEAF void blend_next(const uint8_t *restrict row, int count, int weight, uint8_t *restrict out) {
    for (int x = 0; x < count; x++) {
        int16_t step = (int16_t)((int16_t)(row[x + 1] - row[x]) * (int16_t)weight);
        out[x] = (uint8_t)(row[x] + (int16_t)((int16_t)(step + 64) >> 7));
    }
}

/* Row pixels at x + shift for x in [0, width); `fill` where there are none. */
LEAF void shear_across(const uint8_t *row, int width, double shift, int fill, uint8_t *out) {
    double floor_shift = floor(shift);
    int weight = (int)((shift - floor_shift) * WEIGHTS);
    if (floor_shift <= -width || floor_shift >= width) { memset(out, fill, (size_t)width); return; }
    int whole = (int)floor_shift;
    int from = whole < 0 ? -whole : 0, to = width - whole - (weight ? 1 : 0);
    if (to > width) to = width;
    if (to < from) to = from;
    memset(out, fill, (size_t)from);
    if (weight) blend_next(row + from + whole, to - from, weight, out + from);
    else memcpy(out + from, row + from + whole, (size_t)(to - from));
    memset(out + to, fill, (size_t)(width - to));
}

/* A block of 64 pixels between two rows with one weight (0..128) for each pixel. */
LEAF void blend_rows(const uint8_t *restrict upper, const uint8_t *restrict lower,
                            const uint8_t *restrict weights, uint8_t *restrict out) {
    for (int x = 0; x < BLOCK; x++) {
        int16_t step = (int16_t)((int16_t)(lower[x] - upper[x]) * (int16_t)weights[x]);
        out[x] = (uint8_t)(upper[x] + (int16_t)((int16_t)(step + 64) >> 7));
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
    uint8_t *ring, *weights, *scratch;
    int ring_rows, ring_width, top;
} Shear;

static void *room(size_t bytes) { return calloc(1, bytes); }

static int open_shear(Shear *s) {
    double reach = ceil(fabs(s->slope) * s->page->width);
    s->ring_width = (s->page->width / BLOCK + 3) * BLOCK;
    for (s->ring_rows = 8; s->ring_rows < (int)reach + 8;) s->ring_rows *= 2;
    s->top = (int)floor(-fabs(s->slope) * s->page->width / 2.0) - 2;
    s->ring = room((size_t)s->ring_rows * (size_t)s->ring_width);
    s->scratch = room((size_t)s->ring_width);
    s->weights = room((size_t)(WEIGHTS + 1) * BLOCK);
    if (!s->ring || !s->scratch || !s->weights) return -1;
    for (int phase = 0; phase <= WEIGHTS; phase++)
        for (int k = 0; k < BLOCK; k++) {
            double w = phase + s->slope * WEIGHTS * k;
            s->weights[phase * BLOCK + k] = (uint8_t)(w < 0 ? 0 : w > WEIGHTS ? WEIGHTS : lrint(w));
        }
    return 0;
}

static void close_shear(Shear *s) {
    free(s->ring);
    free(s->scratch);
    free(s->weights);
}

LEAF uint8_t *ring_row(const Shear *s, int y) {
    return s->ring + (size_t)(y & (s->ring_rows - 1)) * (size_t)s->ring_width;
}

LEAF void feed_ring(Shear *s, int last) {
    const Picture *p = s->page;
    for (; s->top <= last; s->top++) {
        uint8_t *out = ring_row(s, s->top);
        if (s->top < 0 || s->top >= p->height) { memset(out, s->fill, (size_t)p->width); continue; }
        const uint8_t *row = read_row(p, s->top, s->streaks, s->streak_count, s->scratch);
        shear_across(row, p->width, -s->slope * (s->top - p->height / 2.0), s->fill, out);
    }
}

/* Row y of the levelled picture; `out` has room for whole blocks and one more. Where the row crosses from one row of
 * the ring to the next, a new run of blocks begins; what a block writes beyond its run, the next writes again. */
LEAF void level_row(Shear *s, int y, uint8_t *out) {
    int width = s->page->width;
    double slope = s->slope, centre = width / 2.0, run = 1.0 / fabs(slope);
    feed_ring(s, (int)ceil(y + fabs(slope) * centre) + 2);
    if (fabs(slope) < 1e-6) { memcpy(out, ring_row(s, y), (size_t)width); return; }
    for (int x = 0; x < width;) {
        double at = y + slope * (x - centre), whole = floor(at), part = at - whole;
        double left = slope > 0 ? (1.0 - part) * run : part * run; /* pixels until another row is reached */
        int end = left >= width - x ? width : x + (int)left + 1;
        const uint8_t *above = ring_row(s, (int)whole), *below = ring_row(s, (int)whole + 1);
        for (int from = x; from < end; from += BLOCK) {
            double phase = (part + slope * (from - x)) * WEIGHTS + 0.5;
            int row = phase < 0 ? 0 : phase > WEIGHTS ? WEIGHTS : (int)phase;
            blend_rows(above + from, below + from, s->weights + row * BLOCK, out + from);
        }
        x = end;
    }
}

/* A picture with its lines level again, same size. For maps and for pages that only need that. */
API int lz_shear(const Picture *page, double slope, int32_t fill, uint8_t *out) {
    Shear s = {.page = page, .slope = slope, .fill = fill};
    int status = open_shear(&s);
    uint8_t *row = room((size_t)s.ring_width);
    if (!row) status = -1;
    for (int y = 0; !status && y < page->height; y++) {
        level_row(&s, y, row);
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
    int lower = upper + 1 < rows ? upper + 1 : upper;
    mix_cells(map + (size_t)upper * columns, map + (size_t)lower * columns, columns, eighths, mixed);
    widen(mixed, columns, out);
    memset(out, mixed[0], (size_t)(width < 4 ? width : 4));
    int done = 4 + 8 * (columns - 1);
    if (done < width) memset(out + done, mixed[columns - 1], (size_t)(width - done));
}

/* Grey with the paper made white (gain in 64ths), and ink (1) where it is darker than the threshold. */
LEAF void normalise(const uint8_t *restrict row, const uint8_t *restrict gain, const uint8_t *restrict level,
                           int width, uint8_t *restrict gray, uint8_t *restrict ink) {
    for (int x = 0; x < width; x++) {
        uint16_t value = (uint16_t)((uint16_t)(row[x] * gain[x]) >> 6);
        gray[x] = (uint8_t)(value > 255 ? 255 : value);
        ink[x] = row[x] < level[x];
    }
}

LEAF void whiten_outside(const uint8_t *restrict level, int width, uint8_t *restrict gray) {
    for (int x = 0; x < width; x++) gray[x] = level[x] ? gray[x] : 255;
}

/* Eight bytes of 0 or 1 become one byte, first byte = highest bit. `ink` is filled up with 0 to whole words. */
LEAF void pack_bits(const uint8_t *ink, int words, uint8_t *bits) {
    for (int k = 0; k < words * 8; k++) {
        uint64_t eight;
        memcpy(&eight, ink + 8 * k, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        bits[k] = (uint8_t)((eight * 0x8040201008040201ull) >> 56);
    }
}

LEAF uint64_t load_word(const uint8_t *bits) {
    uint64_t word;
    memcpy(&word, bits, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return word;
#else
    return __builtin_bswap64(word);
#endif
}

/* Grey stays within REACH pixels of ink, all else becomes white. `near` are the words of five rows or-ed together,
 * with an empty word before and after. */
LEAF void mask_row(const uint64_t *near, int words, const uint8_t *gray, int width, uint8_t *out) {
    for (int k = 0; k < words; k++) {
        uint64_t v = near[k + 1], left = near[k], right = near[k + 2];
        uint64_t m = v | v << 1 | v << 2 | v >> 1 | v >> 2 | left << 63 | left << 62 | right >> 63 | right >> 62;
        int from = k * 64, n = width - from < 64 ? width - from : 64;
        if (!m) { memset(out + from, 255, (size_t)n); continue; }
        for (int at = 0; at < n; at += 8) {
            uint64_t eight, paper = spread[(m >> (56 - at)) & 255];
            memcpy(&eight, gray + from + at, 8);
            eight |= paper;
            memcpy(out + from + at, &eight, n - at < 8 ? (size_t)(n - at) : 8);
        }
    }
}

/* What a page needs beside itself. Maps have `map_rows` x `map_columns` cells of 8x8 pixels of the levelled page:
 * `levels` is the threshold (0 = not on the page: white), `gains` in 64ths. */
typedef struct {
    double slope;
    const uint8_t *levels, *gains;
    int32_t map_rows, map_columns;
    const Streak *streaks;
    int32_t streak_count, mask;
} Plan;

typedef struct {
    uint8_t *row, *level, *gain, *mixed, *ink, *kept;
    uint64_t *near;
    size_t wide;
} Rows;

static int open_rows(Rows *r, int width, int map_columns) {
    r->wide = ((size_t)width / BLOCK + 3) * BLOCK;
    r->row = room(r->wide);
    r->level = room(r->wide);
    r->gain = room(r->wide);
    r->ink = room(r->wide);
    r->mixed = room((size_t)map_columns + 8);
    r->kept = room((2 * REACH + 1) * r->wide);
    r->near = room((r->wide / 64 + 2) * sizeof(uint64_t));
    return r->row && r->level && r->gain && r->ink && r->mixed && r->kept && r->near ? 0 : -1;
}

static void close_rows(Rows *r) {
    free(r->row);
    free(r->level);
    free(r->gain);
    free(r->ink);
    free(r->mixed);
    free(r->kept);
    free(r->near);
}

LEAF uint8_t *kept_row(const Rows *r, int y) { return r->kept + (size_t)(y % (2 * REACH + 1)) * r->wide; }

/* Emit grey row y, for which the ink of rows y - REACH .. y + REACH is known. */
LEAF void emit_gray(Rows *r, const Picture *page, const uint8_t *bits, int64_t bits_stride, int y, uint8_t *gray) {
    int words = (page->width + 63) / 64;
    memset(r->near, 0, (size_t)(words + 2) * sizeof(uint64_t));
    for (int k = -REACH; k <= REACH; k++) {
        if (y + k < 0 || y + k >= page->height) continue;
        const uint8_t *row = bits + (y + k) * bits_stride;
        for (int w = 0; w < words; w++) r->near[w + 1] |= load_word(row + 8 * w);
    }
    mask_row(r->near, words, kept_row(r, y), page->width, gray + (size_t)y * (size_t)page->width);
}

/* One pass over the page: streaks mended, lines level (two shears), paper white, black and white, grey masked.
 * `gray` (height, width); `bits` (height rows of bits_stride bytes, a multiple of 8 that holds the width). */
API int lz_level(const Picture *page, const Plan *plan, uint8_t *gray, uint8_t *bits, int64_t bits_stride) {
    Shear s = {.page = page, .slope = plan->slope, .fill = 255, .streaks = plan->streaks,
               .streak_count = plan->streak_count};
    Rows r = {0};
    int width = page->width, words = (width + 63) / 64;
    int status = open_shear(&s) | open_rows(&r, width, plan->map_columns);
    for (int y = 0; !status && y < page->height + REACH; y++) {
        if (y < page->height) {
            uint8_t *out = plan->mask ? kept_row(&r, y) : gray + (size_t)y * (size_t)width;
            level_row(&s, y, r.row);
            if (y % MAP_STEP == 0) {
                map_row(plan->levels, plan->map_rows, plan->map_columns, y + MAP_STEP / 2, width, r.mixed, r.level);
                map_row(plan->gains, plan->map_rows, plan->map_columns, y + MAP_STEP / 2, width, r.mixed, r.gain);
            }
            normalise(r.row, r.gain, r.level, width, out, r.ink);
            pack_bits(r.ink, words, bits + y * bits_stride);
            if (!plan->mask) whiten_outside(r.level, width, out);
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
LEAF int reduce_row(const uint8_t *bits, int64_t stride, int words, int rows, int step, uint64_t *out) {
    for (int w = 0; w < words; w++) out[w] = load_word(bits + 8 * w);
    for (int r = 1; r < rows; r++)
        for (int w = 0; w < words; w++) out[w] |= load_word(bits + r * stride + 8 * w);
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

LEAF void count_cells(const uint64_t *row, int columns, uint16_t *cells) {
    for (int k = 0; k < columns; k++) {
        unsigned eight = (unsigned)(row[k / 8] >> (56 - k % 8 * 8)) & 255;
        cells[k] = (uint16_t)(cells[k] + __builtin_popcount(eight));
    }
}

/* All blobs of a page of bits, reduced `step` times (1, 2 or 4); `stride` is a multiple of 8 and holds the width, bits
 * beyond the width are 0. `cells` (ceil(height/step/8), ceil(width/step/8)): ink pixels in cells of 8x8 reduced ones.
 * Returns how many blobs there are, -1 when memory ran out; at most `room` of them are written. */
API int64_t lz_blobs(const uint8_t *bits, int64_t stride, int32_t width, int32_t height, int32_t step, Blob *out,
                     int64_t out_room, uint16_t *cells) {
    int words = (width + 63) / 64, reduced = (height + step - 1) / step, columns = ((width + step - 1) / step + 7) / 8;
    Found f = {0};
    uint64_t *row = room((size_t)(words + 2) * sizeof *row);
    Run *runs = malloc(2 * ((size_t)words * 32 + 1) * sizeof *runs), *above = runs ? runs + words * 32 + 1 : NULL;
    int above_count = 0, status = row && runs ? 0 : -1;
    Run *first = runs;
    memset(cells, 0, (size_t)((reduced + 7) / 8) * columns * sizeof *cells);
    for (int y = 0; !status && y < reduced; y++) {
        int rows = height - y * step < step ? height - y * step : step;
        int n = reduce_row(bits + (int64_t)y * step * stride, stride, words, rows, step, row);
        count_cells(row, columns, cells + (size_t)(y / 8) * columns);
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
