/* How well lines fall onto each other along a slope. */
#pragma once
#include "picture.h"

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
