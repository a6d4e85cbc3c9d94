"""Made-up grant numbers in the published formats, so that large files look like real ones."""

from collections.abc import Callable

# slug or name as people write it, country of the holder, the n-th number of that funder
NUMBERS: tuple[tuple[str, str, str, Callable[[int], str]], ...] = (
    ("arc", "ARC", "AU", lambda n: f"DP{200_000_000 + n}"),
    ("nhmrc", "NHMRC", "AU", lambda n: f"APP{1_000_000 + n}"),
    ("cihr", "CIHR", "CA", lambda n: f"PJT-{100_000 + n}"),
    ("tips", "TIPS", "CA", lambda n: f"CFREF-2022-{n % 100_000:05}"),
    ("erc", "ERC", "DE", lambda n: f"{101_000_000 + n}"),
    ("anr", "ANR", "FR", lambda n: f"ANR-21-CE14-{n % 10_000:04}"),
    ("inca", "INCa", "FR", lambda n: f"INCa-{n % 1_000_000:06}"),
    ("dfg", "DFG", "DE", lambda n: f"{410_000_000 + n}"),
    ("zonmw", "ZonMw", "NL", lambda n: f"40-00812-98-{n:06}"),
    ("rcn", "Research Council of Norway", "NO", lambda n: f"{300_000 + n}"),
    ("src", "VR", "SE", lambda n: f"2021-{n % 100_000:05}"),
    ("stint", "STINT", "SE", lambda n: f"JA2021-{n}"),
    ("ssf", "SSF", "SE", lambda n: f"FFL15-{n % 10_000:04}"),
    ("vinnova", "Vinnova", "SE", lambda n: f"2023-{n % 100_000:05}"),
    ("snsf", "SNSF", "CH", lambda n: f"200021_{100_000 + n}"),
    ("bhf", "BHF", "GB", lambda n: f"RG/13/5/{n % 1_000_000:06}"),
    ("cruk", "Cancer Research UK", "GB", lambda n: f"C57899/A{n % 1_000_000:06}"),
    ("nihr", "", "GB", lambda n: f"NIHR{100_000 + n}"),
    ("ukri", "MRC", "GB", lambda n: f"MR/N{n:06}/1"),
    ("wellcome", "Wellcome", "GB", lambda n: f"{100_000 + n}/Z/20/Z"),
    ("nih-nci", "NIH", "US", lambda n: f"R01CA{100_000 + n}"),
    ("nih-nhgri", "", "US", lambda n: f"5U01HG{100_000 + n}-04"),
    ("nih-nia", "NIA", "US", lambda n: f"R01AG{100_000 + n}"),
    ("nih-niaid", "nih-niaid", "US", lambda n: f"R01AI{100_000 + n}-01A1"),
    ("nih-niams", "", "US", lambda n: f"R01AR{100_000 + n}"),
    ("nih-nichd", "NICHD", "US", lambda n: f"R01HD{100_000 + n}"),
    ("nih-niddk", "NIH-NIDDK", "US", lambda n: f"R01DK{100_000 + n}"),
    ("nih-nimh", "National Institute of Mental Health", "US", lambda n: f"R01MH{100_000 + n}"),
    ("nsf", "NSF", "US", lambda n: f"IIS-{1_000_000 + n}"),
    # What people send although the list does not name it.
    ("", "other", "US", lambda n: f"GRANT-{n}"),
    ("", "Norges forskningsrad", "NO", lambda n: f"{250_000 + n}"),
)
