/* What all passes share: how pictures are handed over, and rows of them. */
#pragma once
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
#define LEAF static inline __attribute__((always_inline)) /* so that each version of a pass has its own */

/* WEIGHT_BITS: a pixel between two others is taken in 128ths, finer than either can be seen. */
enum { BLOCK = 64, BLEND = 32, CELL = 8, REACH = 2, WEIGHTS = 256, WEIGHT_BITS = 7, MAP_STEP = 4, NARROW_GAP = 64 };

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

/* Rows from which slanting ones are taken: row r of the picture is row r & mask of `ring`, `wide` bytes each. Column x is
 * taken from row at + step * x (32 more bits), by parts of `part` columns, within which at most two rows end. `shares`
 * has, for each 256th of a row at which a part may begin, how far each of its columns is on from there, in 128ths. */
typedef struct {
    uint8_t *ring, *shares;
    ptrdiff_t wide;
    int mask, part;
    int64_t at, step;
} Slant;

/* The first of the three rows that a part which begins at column x needs, and its shares. */
LEAF const uint8_t *slant_row(const Slant *s, int x, int row) {
    int64_t at = s->at + s->step * x;
    return s->ring + (ptrdiff_t)(((int)(at >> 32) + row) & s->mask) * s->wide + x;
}

LEAF const uint8_t *slant_shares(const Slant *s, int x) {
    int64_t at = s->at + s->step * x;
    return s->shares + (((at & 0xffffffff) + (1 << 23)) >> 24) * s->part;
}

static void *room(size_t bytes) { return calloc(1, bytes); }
