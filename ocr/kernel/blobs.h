/* Connected ink, and letters beside each other. */
#pragma once
#include "rows.h"

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
