/* Prints a checksum of what each function of the kernel makes of pages that are the same on every machine.
 * test_kernel_machines.py compiles it for this machine and for others, and compares. */
#include <stdio.h>

#include "../../ocr/kernel/page.c"

static uint32_t state = 1;

static uint32_t next(void) {
    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

static void *filled(size_t bytes, int kind) {
    uint8_t *p = malloc(bytes + 1);
    for (size_t k = 0; k < bytes; k++) {
        uint8_t value = (uint8_t)(next() & 255);
        p[k] = kind == 0 ? value : kind == 1 ? (uint8_t)(value & 7 ? 255 : value) : (uint8_t)(value | 128);
    }
    return p;
}

static void show(const char *name, const void *made, size_t bytes) {
    uint64_t sum = 1469598103934665603ull;
    for (size_t k = 0; k < bytes; k++) sum = (sum ^ ((const uint8_t *)made)[k]) * 1099511628211ull;
    printf("%s %016llx\n", name, (unsigned long long)sum);
}

static void show16(const char *name, const uint16_t *made, size_t count) { /* whatever order its bytes have */
    uint64_t sum = 1469598103934665603ull;
    for (size_t k = 0; k < count; k++) sum = (sum ^ made[k]) * 1099511628211ull;
    printf("%s %016llx\n", name, (unsigned long long)sum);
}

static void skew(const uint16_t *strips, int rows, int count) {
    int reach = 2, pad = 70, length = rows - reach + 2 * pad;
    float weights[5] = {0.1f, 0.2f, 0.4f, 0.2f, 0.1f}, *profiles = malloc(sizeof(float) * (size_t)length * (size_t)count);
    double slopes[4] = {-0.1, 0.0, 0.0123, 0.17}, scores[4], total = 0;
    lz_profiles(strips, rows, count, 128, reach, 2.0, 40.0, NULL, 0, 0, 4, weights, 2, pad, profiles);
    for (int k = 0; k < length * count; k++) total += profiles[k];
    lz_slope_scores(profiles, count, length, pad, 32.0, slopes, 4, scores);
    printf("about %.2f", total);
    for (int k = 0; k < 4; k++) printf(" %.2f", scores[k]);
    printf("\n");
    free(profiles);
}

static void ink(uint8_t *gray, uint8_t *bits, int64_t stride, int width, int height) {
    for (int step = 1; step <= 4; step *= 2) {
        int rows = ((height + step - 1) / step + 7) / 8, columns = ((width + step - 1) / step + 7) / 8;
        uint16_t *cells = malloc(2 * (size_t)rows * (size_t)columns);
        Blob *blobs = malloc(sizeof(Blob) * 100000);
        int64_t count = lz_blobs(bits, stride, width, height, step, blobs, 100000, cells);
        show16("cells", cells, (size_t)rows * (size_t)columns);
        int64_t sums[5] = {0};
        for (int64_t k = 0; k < count; k++) {
            sums[0] += blobs[k].x0 * (k + 1), sums[1] += blobs[k].y0 * (k + 1), sums[2] += blobs[k].x1 * (k + 1);
            sums[3] += blobs[k].y1 * (k + 1), sums[4] += blobs[k].area * (k + 1);
        }
        printf("blobs %lld: %lld %lld %lld %lld %lld\n", (long long)count, (long long)sums[0], (long long)sums[1],
               (long long)sums[2], (long long)sums[3], (long long)sums[4]);
        free(cells);
        free(blobs);
    }
    int32_t boxes[8] = {3, 4, 30, 20, width - 9, height - 9, width, height};
    lz_erase(gray, bits, stride, width, height, boxes, 2, 2);
    show("erased", gray, (size_t)width * (size_t)height);
    show("erased", bits, (size_t)stride * (size_t)height);
}

static void level(const Picture *page, double slope, int mask, int with_streaks) {
    int width = page->width, height = page->height, rows = height / 8, columns = width / 8;
    uint16_t gains[6] = {300, 0, 0, 420, 65535, 270};
    Streak streaks[2] = {{0, 2, gains}, {width / 2, width / 2 + 6, gains}};
    uint8_t *levels = filled((size_t)rows * (size_t)columns, 2), *lighter = filled((size_t)rows * (size_t)columns, 0);
    uint8_t *busy = filled((size_t)rows * (size_t)columns, 2);
    memset(levels, 0, (size_t)columns);
    Plan plan = {.slope = slope, .levels = levels, .gains = lighter, .busy = mask == 2 ? busy : NULL, .map_rows = rows,
                 .map_columns = columns, .streaks = streaks, .streak_count = with_streaks ? 2 : 0, .mask = mask};
    int64_t stride = (width + 63) / 64 * 8;
    uint8_t *gray = malloc((size_t)width * (size_t)height), *bits = malloc((size_t)stride * (size_t)height);
    lz_level(page, &plan, gray, bits, stride);
    show("level", gray, (size_t)width * (size_t)height);
    show("level", bits, (size_t)stride * (size_t)height);
    ink(gray, bits, stride, width, height);
    free(levels);
    free(lighter);
    free(busy);
    free(gray);
    free(bits);
}

static void all(const Picture *page) {
    static const double slopes[] = {0, 0.004, -0.0123, 0.17, -0.17};
    size_t width = (size_t)page->width, height = (size_t)page->height;
    uint8_t *quarter = malloc(height / 4 * (width / 4)), *largest = malloc((height / 128 + 1) * width);
    uint8_t *darkest = malloc(height / 8 * (width / 8)), *out = malloc(width * height);
    uint16_t *strips = malloc(2 * (height / 4 * 2) * (width / 64) + 1);
    lz_survey(page, quarter, largest, 128, strips, darkest);
    show("quarter", quarter, height / 4 * (width / 4));
    show("largest", largest, (height + 127) / 128 * width);
    show("darkest", darkest, height / 8 * (width / 8));
    show16("strips", strips, height / 4 * 2 * (width / 64));
    skew(strips, page->height / 4 * 2, page->width / 64);
    for (size_t k = 0; k < sizeof slopes / sizeof *slopes; k++) {
        lz_shear(page, slopes[k], 255, out);
        show("shear", out, width * height);
        for (int mask = 0; mask <= 2; mask++) level(page, slopes[k], mask, k % 2);
    }
    free(quarter);
    free(largest);
    free(darkest);
    free(out);
    free(strips);
}

static void letters(void) {
    Blob some[300];
    int32_t right[300], x = 0;
    for (int k = 0; k < 300; k++) {
        int32_t y = (int32_t)(next() % 60);
        x += (int32_t)(next() % 7);
        some[k] = (Blob){x, y, x + 1 + (int32_t)(next() % 20), y + 1 + (int32_t)(next() % 20), 0};
    }
    lz_neighbours(some, 300, 25, right);
    int64_t sum = 0;
    for (int k = 0; k < 300; k++) sum += right[k] * (k + 1);
    printf("right %lld\n", (long long)sum);
}

int main(void) {
    static const int sizes[][2] = {{64, 64}, {203, 307}, {129, 330}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        int width = sizes[k][0], height = sizes[k][1], bytes = (width + 7) / 8;
        uint8_t *gray = filled((size_t)width * (size_t)height, (int)k % 2), *bits = filled((size_t)bytes * (size_t)height, 0);
        for (int y = 0; width % 8 && y < height; y++) bits[y * bytes + bytes - 1] &= (uint8_t)(255 << (8 - width % 8));
        Picture pages[3] = {{gray, width, width, height, 8},
                            {gray + (ptrdiff_t)width * (height - 1), -width, width, height, 8},
                            {bits, bytes, width, height, 1}};
        for (int p = 0; p < 3; p++) all(&pages[p]);
        free(gray);
        free(bits);
    }
    letters();
    return 0;
}
