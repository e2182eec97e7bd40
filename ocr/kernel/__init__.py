"""The full-resolution passes of the hot path: in C where it could be compiled, else the same with OpenCV and numpy.

`NAME` says which one runs ("c" or "opencv") and `WHY` the reason. LAUFZETTEL_KERNEL=opencv asks for the slow one.
"""

from __future__ import annotations

import os
from types import ModuleType

from ocr.kernel import twin

NAME, WHY = "opencv", "LAUFZETTEL_KERNEL=opencv ist gesetzt"
_chosen: ModuleType = twin

if os.environ.get("LAUFZETTEL_KERNEL") != "opencv":
    try:
        from ocr.kernel import compiled
    except OSError:
        WHY = "der schnelle Kern ist nicht übersetzt (C-Compiler installieren, dann make setup)"
    else:
        NAME, WHY, _chosen = "c", "übersetzt bei der Einrichtung", compiled

survey, profiles, slope_scores, shear = twin.survey, twin.profiles, twin.slope_scores, twin.shear
level, find_blobs, erase, neighbours = twin.level, twin.find_blobs, twin.erase, twin.neighbours
for _name in ("survey", "profiles", "slope_scores", "shear", "level", "find_blobs", "erase", "neighbours"):
    globals()[_name] = getattr(_chosen, _name)
