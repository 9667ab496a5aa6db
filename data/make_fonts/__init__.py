"""Makes the fonts that prints are set in: `stations/maps/fonts`, the same bytes on every run.

Regular and Bold of Noto Sans CJK SC (SIL Open Font License 1.1), cut down to what a print of a region may hold.
"""
