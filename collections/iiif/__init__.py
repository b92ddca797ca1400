"""Pictures and descriptions for viewers and programs of other houses: IIIF Image API 3 and Presentation API 3.

Everything is made for the person who asks, by the same decisions as the pages of the site.
"""
