# (catalogue builder: see STOP-catalogue-builder.txt; the lead took this over)
"""From the names in an article to the authorities that act, the sectors concerned, and the companies exposed.

    linker = Linker(catalogue)                              once per process; pure and safe to share
    linker.find_mentions(text) -> tuple[Mention, ...]       every name in one text, offsets into that text
    linker.link(passages) -> LinkedEntities                 regulators, sectors, exposures, notes of one article

A ``Passage`` is one sentence with what the tone rules know about it, title sentences first:
``Passage(text, place=-1 in the title else number in the body, acting=an act stands in it, background=only old acts,
opinion=commentary)``.
"""
