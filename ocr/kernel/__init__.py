"""The full-resolution passes of the hot path: in C where it could be compiled, else the same with OpenCV and numpy.

`NAME` says which one runs ("c" or "opencv") and `WHY` the reason. LAUFZETTEL_KERNEL=opencv asks for the slow one.
"""

from __future__ import annotations

import os

from ocr.kernel import twin

NAME, WHY = "opencv", "LAUFZETTEL_KERNEL=opencv ist gesetzt"
survey, slope_scores, shear = twin.survey, twin.slope_scores, twin.shear
level, find_blobs, erase, neighbours = twin.level, twin.find_blobs, twin.erase, twin.neighbours

if os.environ.get("LAUFZETTEL_KERNEL") != "opencv":
    try:
        from ocr.kernel import compiled
    except OSError:
        WHY = "der schnelle Kern ist nicht übersetzt (C-Compiler installieren, dann make setup)"
    else:
        NAME, WHY = "c", "übersetzt bei der Einrichtung"
        survey, slope_scores, shear = compiled.survey, compiled.slope_scores, compiled.shear
        level, find_blobs, erase, neighbours = (
            compiled.level,
            compiled.find_blobs,
            compiled.erase,
            compiled.neighbours,
        )

__all__ = ["NAME", "WHY", "erase", "find_blobs", "level", "neighbours", "shear", "slope_scores", "survey"]
