/* The full-resolution passes of the hot path. Plain C11 that compilers vectorise; no state, no I/O.
 *
 * Conventions: a picture is (pixels, stride, width, height); stride is in bytes and may be negative. Grey is one byte a
 * pixel, 0 = black. Bits are packed eight a byte, the most significant bit first, 1 = ink. `levels` is 8 for grey and
 * 1 for bits. The source is never written. Every function returns 0, or -1 when memory ran out.
 * Each header is one subject. How it is driven, and the same in OpenCV and numpy: __init__.py and twin.py. */
#include "blobs.h"
#include "level.h"
#include "shear.h"
#include "skew.h"
#include "survey.h"
