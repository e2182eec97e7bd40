"""Getting pages out of files: what runs in the throw-away child process, and how it is talked to.

`ocr.load.open_pages` is the only door. `warm` (caller's side) keeps one clean reader process; `reader`
(its other side) forks a child for each document; `pictures` and `pdf` decode inside that child.
"""
