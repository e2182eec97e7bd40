/* The first look at every pixel. */
#pragma once
#include "rows.h"

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
