"""Invented items of two organisations, as they might really be queued; days are counted from the start of the demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoItem:
    """One item; `starts`, `not_before` and `expires` are days from now, `hours` local begin and end of an event."""

    organisation: str
    kind: str
    title: str
    lead: str
    body: str = ""
    link: str = ""
    label: str = ""
    segments: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    restricted: bool = False
    joint: bool = False
    priority: int = 1
    starts: int | None = None
    hours: tuple[int, int] = (13, 16)
    place: str = ""
    not_before: int | None = None
    expires: int | None = None
    waited: int = 3
    picture: str = ""


ITEMS = (
    DemoItem(
        "riec", "publication", "Handreiking weerbaar bestuur ligt klaar",
        "Hoe merkt u dat iemand invloed zoekt op een raadslid of ambtenaar? De handreiking zet signalen, "
        "gesprekstips en meldpunten op een rij.",
        "De handreiking is gemaakt met griffiers, burgemeesters en integriteitsadviseurs uit de regio.\n\n"
        "- **Signalen**: waar let u op bij een benoeming, een vergunning of een gesprek?\n"
        "- **Gesprek**: zo begint u erover zonder iemand te beschuldigen.\n"
        "- **Melden**: wie belt u, en wat gebeurt er dan?",
        "https://riec.example/handreiking-weerbaar-bestuur", "Lees de handreiking",
        joint=True, priority=2, waited=6,
        picture="Een gemeentehuis met brede trap, in blauwe vlakken getekend",
    ),
    DemoItem(
        "riec", "event", "Kennissessie ondermijning in het buitengebied",
        "Boeren, buitengebied-boa's en gemeenten vertellen wat zij zien. U gaat naar huis met een kaart van signalen.",
        "We bespreken drie zaken uit de regio. Daarna oefent u met het herkennen van signalen op een erf.",
        "https://riec.example/kennissessie-buitengebied", "Meld u aan voor de kennissessie",
        segments=("ovv", "politie", "beleidsadviseurs"), topics=("buitengebied", "ondermijning"),
        starts=17, hours=(13, 17), place="Dorpshuis De Kreek, Kreekrijk", waited=5,
    ),
    DemoItem(
        "var", "event", "Kennissessie over ondermijning in het buitengebied",
        "Boeren, gemeenten en buitengebied-boa's vertellen wat zij zien. U krijgt een kaart van signalen mee.",
        "Een middag over wat er op erven en in schuren gebeurt, en wat u daar samen aan doet.",
        "https://var.example/agenda/buitengebied", "Schrijf u in",
        segments=("ovv", "politie", "beleidsadviseurs"), topics=("buitengebied", "ondermijning"),
        starts=17, hours=(13, 17), place="Dorpshuis De Kreek, Kreekrijk", waited=2,
    ),
    DemoItem(
        "var", "news", "Regionale veiligheidsmonitor: cijfers per gemeente",
        "De nieuwe monitor laat voor alle 23 gemeenten zien hoe inwoners over veiligheid denken.",
        "De overlast in winkelgebieden daalt. De zorg over online oplichting groeit, vooral bij mensen boven de 65.",
        "https://var.example/monitor", "Bekijk de cijfers van uw gemeente",
        topics=("cijfers",), priority=2, waited=4,
        picture="Een staafdiagram met oplopende blauwe balken",
    ),
    DemoItem(
        "riec", "news", "Zo herkent u een drugslab in een schuur",
        "Met vier gemeenten maakten we een kaart voor boeren en handhavers, met tien signalen.",
        "Let op geur, afgeplakte ramen, een hoog stroomverbruik en bezoek op vreemde uren. "
        "Ziet u iets? **Ga niet zelf naar binnen**, maar bel de politie.",
        "https://riec.example/signalenkaart", "Bekijk de signalenkaart",
        segments=("burgemeesters", "ovv", "politie"), topics=("buitengebied", "ondermijning"), waited=7,
    ),
    DemoItem(
        "var", "news", "Minder overlast door jongeren na een zomer met straatcoaches",
        "In zes gemeenten liepen straatcoaches mee. Het aantal meldingen daalde daar met een vijfde.",
        "De aanpak werkt het best waar coach, wijkagent en school elkaar elke week spreken.",
        "https://var.example/straatcoaches", "Lees wat de zes gemeenten leerden",
        topics=("jeugd", "zorg-en-veiligheid"), waited=8,
    ),
    DemoItem(
        "riec", "news", "Casus voor bestuurders: druk op een vergunning",
        "Een ondernemer zocht via drie wegen invloed op één vergunning. Zo bleef de gemeente overeind.",
        "Deze casus is vertrouwelijk gedeeld door een gemeente in de regio. Bespreek haar in uw driehoek, "
        "maar stuur haar niet door.",
        segments=("burgemeesters", "om"), topics=("weerbaar-bestuur",), restricted=True, priority=2, waited=5,
    ),
    DemoItem(
        "riec", "news", "Werkwijze bij meldingen over geldezels",
        "Afgesproken is wie een melding oppakt als een jongere zijn bankpas heeft uitgeleend.",
        "De politie belt binnen een dag met de school. Het OM beoordeelt daarna of een gesprek genoeg is.",
        segments=("politie", "om"), topics=("jeugd", "ondermijning"), restricted=True, waited=4,
    ),
    DemoItem(
        "var", "event", "OVV-carrousel: evenementen in de winter",
        "Vier korte rondes over vergunningen, drukte, vuurwerk en zorg op straat.",
        "U schuift elke 25 minuten aan bij een andere tafel. Neem een eigen vraag mee.",
        "https://var.example/agenda/carrousel", "Reserveer uw plek bij de carrousel",
        segments=("ovv",), starts=12, hours=(9, 12), place="Stadhuis van Maasdrecht", priority=2, waited=3,
    ),
    DemoItem(
        "var", "event", "Leerhuis: zorg en straf bij verward gedrag",
        "Wijkagenten, GGZ en gemeenten leren van elkaar aan de hand van één lange casus.",
        "",
        "https://var.example/agenda/leerhuis", "Meld u aan voor het leerhuis",
        topics=("zorg-en-veiligheid",), starts=24, hours=(14, 17), place="Het Leerhuis, Vlietstede", waited=2,
    ),
    DemoItem(
        "riec", "event", "Webinar: geldezels op school",
        "Wat vertelt u leerlingen van twaalf tot achttien? Een uur voor scholen en gemeenten.",
        "",
        "https://riec.example/webinar-geldezels", "Schrijf u in voor het webinar",
        topics=("jeugd", "digitaal"), starts=31, hours=(15, 16), place="Online", not_before=10, waited=1,
    ),
    DemoItem(
        "riec", "event", "Havenoverleg: wie staat er aan de poort?",
        "Bedrijven, politie en douane delen hoe ronselaars havenpersoneel benaderen.",
        "",
        "https://riec.example/havenoverleg", "Geef u op voor het havenoverleg",
        segments=("politie", "om", "beleidsadviseurs"), topics=("haven", "ondermijning"),
        starts=9, hours=(10, 12), place="Havenhuis, Spuimonde", waited=2,
    ),
    DemoItem(
        "var", "publication", "Stappenplan bij een bestuurlijke rapportage",
        "Van rapport tot besluit in zeven stappen, met voorbeeldbrieven.",
        "Het stappenplan volgt de termijnen van de wet en past op één vel.",
        "https://var.example/stappenplan", "Download het stappenplan",
        segments=("beleidsadviseurs", "ovv"), topics=("ondermijning",), waited=6,
        picture="Zeven genummerde treden die naar boven lopen",
    ),
    DemoItem(
        "var", "publication", "Onderzoek: wat helpt tegen online oplichting?",
        "Onderzoekers vergeleken veertig campagnes. Persoonlijk contact werkt beter dan posters.",
        "",
        "https://var.example/onderzoek-oplichting", "Lees de samenvatting van het onderzoek",
        topics=("digitaal", "cijfers"), waited=9,
    ),
    DemoItem(
        "riec", "publication", "Factsheet: autoverhuur zonder vragen",
        "Zo misbruiken criminelen verhuurbedrijven, en dit kan uw gemeente doen.",
        "",
        "https://riec.example/factsheet-autoverhuur", "Bekijk de factsheet",
        segments=("beleidsadviseurs", "politie"), topics=("ondermijning",), priority=0, waited=3,
    ),
    DemoItem(
        "var", "call", "Wie doet mee met de proef buurtpreventie-app?",
        "Drie gemeenten zijn begonnen. Er is plek voor nog twee.",
        "Deelname kost niets. We vragen wel een vast aanspreekpunt voor een half jaar.",
        "https://var.example/proef-buurtapp", "Geef uw gemeente op",
        segments=("burgemeesters", "beleidsadviseurs"), topics=("digitaal",), expires=20, waited=4,
    ),
    DemoItem(
        "riec", "call", "Deel uw ervaring met de Wet Bibob",
        "Wij zoeken tien medewerkers die een uur willen vertellen hoe een Bibob-toets bij hen loopt.",
        "",
        "https://riec.example/oproep-bibob", "Maak een afspraak voor een gesprek",
        segments=("beleidsadviseurs", "ovv"), topics=("ondermijning", "weerbaar-bestuur"), waited=5,
    ),
    DemoItem(
        "var", "call", "Welke vraag legt u voor aan de burgemeesterskring?",
        "De kring praat in januari over jeugd en wapens. Uw vraag kan op de agenda.",
        "",
        "https://var.example/burgemeesterskring", "Stuur uw vraag in",
        segments=("burgemeesters",), topics=("jeugd",), expires=30, waited=1,
    ),
    DemoItem(
        "riec", "news", "Nieuw aanspreekpunt voor haven en logistiek",
        "Vanaf 1 december heeft de haven een vaste adviseur bij het RIEC.",
        "De adviseur is twee dagen per week in Spuimonde en denkt mee over controles en meldingen.",
        topics=("haven",), priority=0, waited=2,
    ),
    DemoItem(
        "var", "news", "Terugblik op het najaarscongres",
        "Tweehonderd mensen kwamen naar Maasdrecht. De presentaties staan online.",
        "",
        "https://var.example/congres", "Bekijk de presentaties",
        priority=0, waited=10,
    ),
)  # fmt: skip
