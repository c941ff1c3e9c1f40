"""What a site holds for machines: sitemap, feed, robots, ``llms.txt``, Markdown copies, chunks, and social pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fmvault.publish.machines.chunks import chunks
from fmvault.publish.machines.copies import copies, copy_address
from fmvault.publish.machines.feeds import feed, feed_address, robots, sitemap
from fmvault.publish.machines.json_ld import json_ld
from fmvault.publish.machines.llms import llms
from fmvault.publish.machines.social import pictures, social_image
from fmvault.publish.machines.told import Told, absolute, site_url
from fmvault.publish.published import Published
from fmvault.publish.task import Task

__all__ = ["absolute", "copy_address", "feed_address", "json_ld", "machine_pages", "site_url", "social_image"]


def machine_pages(
    published: Published,
    leads: Mapping[str, str],
    pages: Sequence[str],
    past: Callable[[str], bytes | None] | None = None,
) -> Sequence[Task]:
    """All files of the site that machines read; ``leads`` are definitions by path, ``pages`` the site's pages.

    ``past`` gives a file of the site as it was built last by the same programs, None where it is not there.
    """
    told = Told(published, leads)
    return [
        chunks(told, past),
        *pictures(told),
        *sitemap(told, pages),
        *feed(told),
        robots(told),
        llms(told, pages),
        *copies(told),
    ]
