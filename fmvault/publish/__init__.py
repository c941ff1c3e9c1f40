"""A vault as a site: what of it is published, which pages there are, and what stands on each.

``published`` makes the one projection that all else reads. Nothing here opens a file, starts a process or looks at the
clock: a site is a number of ``Page`` values.
"""
