"""Readable names and categories from the retailer's capital letters."""

from __future__ import annotations

import re

#: Kept small inside a name.
_SMALL = {"and", "of", "in", "on", "with", "for", "to", "the", "a", "by", "de", "at", "from"}
#: Abbreviations of the source written out, and words with a spelling of their own.
_WORDS = {
    "abc": "ABC",
    "ass": "Assorted",
    "asst": "Assorted",
    "blk": "Black",
    "blck": "Black",
    "col": "Colour",
    "cmas": "Christmas",
    "xmas": "Christmas",
    "diam": "Diameter",
    "diy": "DIY",
    "edwardian": "Edwardian",
    "incence": "Incense",
    "lge": "Large",
    "s/3": "Set of 3",
    "s/4": "Set of 4",
    "s/6": "Set of 6",
    "set/3": "Set of 3",
    "set/4": "Set of 4",
    "set/5": "Set of 5",
    "set/6": "Set of 6",
    "set/10": "Set of 10",
    "set/12": "Set of 12",
    "set/20": "Set of 20",
    "t-light": "T-Light",
    "t-lights": "T-Lights",
    "uk": "UK",
    "usb": "USB",
    "w": "with",
    "cd": "CD",
    "tv": "TV",
    "led": "LED",
    "n0el": "Noel",
    "p'weight": "Paperweight",
    "i": "I",
    "ii": "II",
    "nil": "Nil",
}

#: First match wins: what a product is comes before what it shows.
_CATEGORIES = (
    ("Candles and Incense", r"candles?$|candles? |incense|scent"),
    ("Garden and Outdoor", r"garden|grow|watering|parasol|umbrella|picnic|hamper|spade|bicycle"),
    ("Home Decoration", r"knob|hooks?\b|signs?\b|door|cushion|clock|garland|place setting|cabinet"),
    ("Lighting and Holders", r"t-light|candle|lights\b|lantern|lamp|lightbulb|nightlight"),
    ("Bags and Luggage", r"bags?\b|luggage|purse|wallet|backpack|washbag"),
    (
        "Christmas and Easter",
        (
            r"christmas|easter|advent|bauble|reindeer|santa|snow|noel|wreath|angel"
            r"|silver bells|jingle"
        ),
    ),
    (
        "Kitchen and Dining",
        (
            r"mug|cup|plate|bowl|teapot|tea |cake|jar|tins?\b|kitchen|lunch|bottle|jug|spoon"
            r"|cutlery|baking|pantry|apron|napkins?|recipe|coaster|placemats?|egg|jam|dish"
            r"|glass|colander|cookie|snack|dinner|saucer|oven|bread|milk|towel|straws?"
        ),
    ),
    (
        "Stationery and Wrap",
        (
            r"cards?\b|wrap|paper|pencil|pen\b|notebook|note book|sticker|ribbon|chalk|book"
            r"|diary|calendar|envelope|stamp|stationery|tissue|gift tag|sketch|rulers?"
        ),
    ),
    (
        "Toys and Children",
        (
            r"toy|doll|game|puzzle|spaceboy|children|kids|play|skittles|dominoes|jigsaw|circus"
            r"|soldier|dinosaur|baby|rocket|bubble|balloon|party|bunting|piggy|ludo|skipping"
            r"|magic|nursery|letters|confetti"
        ),
    ),
    (
        "Jewellery and Beauty",
        (
            r"necklace|bracelet|earring|jewel|hair|bath|soap|mirror|trinket|brooch|gloss"
            r"|flannel|make ?up|manicure|sewing|key ?ring|bead"
        ),
    ),
)
OTHER_CATEGORY = "Home Decoration"
CATEGORIES = tuple(name for name, _ in _CATEGORIES)
_PERISHABLE = re.compile(
    r"(candles?|incense|soap|herbs set of 3|lip gloss|bath salts?|flytrap|"
    r"grow your own.*|sunflower seeds?)( in .*| set| sticks)?$",
    re.IGNORECASE,
)


def readable_name(description: str) -> str:
    """The source's description in title case, abbreviations written out.

    >>> readable_name("SET/6 FROG PRINCE T-LIGHT  CANDLES")
    'Set of 6 Frog Prince T-Light Candles'
    >>> readable_name("JAM JAR WITH GREEN LID .")
    'Jam Jar with Green Lid'
    """
    text = re.sub(r"\s*,\s*", ", ", description)
    text = re.sub(r"\s+", " ", text).strip(" .,*-")
    words = [_word(word) for word in text.split(" ")]
    if words:
        words[0] = words[0][:1].upper() + words[0][1:]
    return " ".join(words)


def _word(word: str) -> str:
    lower = word.lower()
    bare = lower.rstrip(",")
    if bare in _WORDS:
        return _WORDS[bare] + lower[len(bare) :]
    if lower in _SMALL:
        return lower
    # a letter after an apostrophe or a digit stays small: "Children's", "10cm"
    return re.sub(r"(?<![\w'’])[a-z]", lambda found: found[0].upper(), lower)


def category_of(name: str) -> str:
    """The product's category by what its name says it is."""
    text = name.lower()
    for category, pattern in _CATEGORIES:
        if re.search(rf"\b(?:{pattern})", text):
            return category
    return OTHER_CATEGORY


def is_perishable(name: str) -> bool:
    """Whether wax, scent or seed in it ages, so that it is kept in lots with an expiry date."""
    return bool(_PERISHABLE.search(name))
