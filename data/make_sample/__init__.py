"""Makes the bundled sample region `data/yanzhou`, the same bytes on every run.

The outline and the names of townships and communities are real; positions, roads, stations and hours are invented.
"""
