"""Invented items of two organisations, as they might really be queued; days are counted from the start of the demo."""

from dataclasses import dataclass

from newsletter_service.demo.pictures import PICTURES, Picture


@dataclass(frozen=True)
class DemoItem:
    """One item; `starts`, `not_before` and `expires` are days from now, `hours` local begin and end of an event.

    `waited` is the number of days it has been in the queue.
    """

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
    picture: Picture | None = None


RIEC_ITEMS = (
    DemoItem(
        "riec", "publication", "Handreiking weerbaar bestuur ligt klaar",
        "Hoe merkt u dat iemand invloed zoekt op een raadslid of ambtenaar? De handreiking zet signalen, "
        "gesprekstips en meldpunten op een rij.",
        "Griffiers, burgemeesters en integriteitsadviseurs uit de regio schreven mee. Zij kozen de "
        "situaties die zij zelf het vaakst tegenkomen.\n\n"
        "- **Signalen:** waar let u op bij een benoeming, een vergunning of een gesprek?\n"
        "- **Gesprek:** zo begint u erover zonder iemand te beschuldigen.\n"
        "- **Melden:** wie belt u, en wat gebeurt er daarna?\n\n"
        "Achterin vindt u een kaart die op één vel past. Handig voor wie nieuw is in de raad.",
        "https://riec.example/handreiking-weerbaar-bestuur", "Lees de handreiking",
        joint=True, priority=2, waited=6, picture=PICTURES["town hall"],
    ),
    DemoItem(
        "riec", "event", "Kennissessie ondermijning in het buitengebied",
        "Boeren, buitengebied-boa's en gemeenten vertellen wat zij zien. U gaat naar huis met een kaart van signalen.",
        "We bespreken drie zaken uit de regio. Daarna oefent u in kleine groepen: wat valt u op aan dit erf, "
        "en met wie deelt u dat?\n\nEr is plek voor veertig mensen. Neem gerust een collega mee.",
        "https://riec.example/kennissessie-buitengebied", "Meld u aan voor de kennissessie",
        segments=("ovv", "politie", "beleidsadviseurs"), topics=("buitengebied", "ondermijning"),
        starts=17, hours=(13, 17), place="Dorpshuis De Kreek, Kreekrijk", waited=5,
    ),
    DemoItem(
        "riec", "news", "Zo herkent u een drugslab in een schuur",
        "Met vier gemeenten maakten we een kaart voor boeren en handhavers, met tien signalen.",
        "Eén signaal zegt weinig. Ziet u er drie of meer, dan is er reden om te bellen. Let vooral op:\n\n"
        "- een zoete of scherpe geur, ook als de wind draait;\n"
        "- ramen die zijn afgeplakt, terwijl er licht brandt;\n"
        "- veel stroomverbruik en bezoek op vreemde uren.\n\n"
        "Ziet u iets? **Ga niet zelf naar binnen**, maar bel de politie.",
        "https://riec.example/signalenkaart", "Bekijk de signalenkaart",
        segments=("burgemeesters", "ovv", "politie"), topics=("buitengebied", "ondermijning"),
        waited=7, picture=PICTURES["barn"],
    ),
    DemoItem(
        "riec", "news", "Casus voor bestuurders: druk op een vergunning",
        "Een ondernemer zocht via drie wegen invloed op één vergunning. Zo bleef de gemeente overeind.",
        "Eerst kwam er een vriendelijk aanbod, toen een brief van een advocaat, en ten slotte een bericht aan "
        "het huisadres van een ambtenaar. De burgemeester deed drie dingen: één vast contactpersoon, elk "
        "gesprek met twee mensen, en dezelfde dag aangifte.\n\n"
        "Deze casus deelt een gemeente vertrouwelijk. Bespreek hem in uw driehoek, maar stuur hem niet door.",
        segments=("burgemeesters", "om"), topics=("weerbaar-bestuur",), restricted=True, priority=2, waited=5,
    ),
    DemoItem(
        "riec", "news", "Werkwijze bij meldingen over geldezels",
        "Afgesproken is wie een melding oppakt als een jongere zijn bankpas heeft uitgeleend.",
        "De politie belt binnen een werkdag met de school. Het OM kijkt daarna of een gesprek genoeg is.\n\n"
        "1. De bank of de school meldt bij het vaste team.\n"
        "2. Het team zoekt uit of er een ronselaar achter zit.\n"
        "3. Ouders horen het van de wijkagent, niet uit een brief.",
        segments=("politie", "om"), topics=("jeugd", "ondermijning"), restricted=True, waited=4,
    ),
    DemoItem(
        "riec", "event", "Webinar: geldezels op school",
        "Wat vertelt u leerlingen van twaalf tot achttien? Een uur voor scholen en gemeenten.",
        "Een oud-ronselaar vertelt hoe hij jongeren benaderde. Een docent laat zien welke les daarna werkte.",
        "https://riec.example/webinar-geldezels", "Schrijf u in voor het webinar",
        topics=("jeugd", "digitaal"), starts=31, hours=(15, 16), place="Online", not_before=10, waited=1,
    ),
    DemoItem(
        "riec", "event", "Havenoverleg: wie staat er aan de poort?",
        "Bedrijven, politie en douane delen hoe ronselaars havenpersoneel benaderen.",
        "Op de agenda: de nieuwe meldlijn voor chauffeurs, toegangspassen die worden uitgeleend, en wat een "
        "bedrijf doet als een medewerker wordt bedreigd.",
        "https://riec.example/havenoverleg", "Geef u op voor het havenoverleg",
        segments=("politie", "om", "beleidsadviseurs"), topics=("haven", "ondermijning"),
        starts=9, hours=(10, 12), place="Havenhuis, Spuimonde", waited=2, picture=PICTURES["port"],
    ),
    DemoItem(
        "riec", "publication", "Factsheet: autoverhuur zonder vragen",
        "Zo misbruiken criminelen verhuurbedrijven, en dit kan uw gemeente doen.",
        "De factsheet telt vier bladzijden. U vindt er de cijfers, een voorbeeld van een vergunningplicht en "
        "de vragen die een controleur aan de balie stelt.",
        "https://riec.example/factsheet-autoverhuur", "Bekijk de factsheet",
        segments=("beleidsadviseurs", "politie"), topics=("ondermijning",), priority=0, waited=3,
    ),
    DemoItem(
        "riec", "call", "Deel uw ervaring met de Wet Bibob",
        "Wij zoeken tien medewerkers die een uur willen vertellen hoe een Bibob-toets bij hen loopt.",
        "Wat gaat goed, waar loopt het vast, en wat zou u morgen anders doen? Uw antwoorden verwerken we zonder "
        "naam. Later leest u in deze nieuwsbrief wat we ermee doen.",
        "https://riec.example/oproep-bibob", "Maak een afspraak voor een gesprek",
        segments=("beleidsadviseurs", "ovv"), topics=("ondermijning", "weerbaar-bestuur"), waited=5,
    ),
    DemoItem(
        "riec", "news", "Nieuw aanspreekpunt voor haven en logistiek",
        "De haven krijgt een vaste adviseur bij het RIEC, twee dagen per week in Spuimonde.",
        "De adviseur denkt mee over controles en meldingen, ook bij kleine bedrijven. Op dinsdag is er inloop "
        "van negen tot twaalf. Een afspraak is dan niet nodig.",
        topics=("haven",), priority=0, waited=2,
    ),
)  # fmt: skip

VAR_ITEMS = (
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
        "Bijna negenduizend inwoners vulden de vragen in. Wat opvalt:\n\n"
        "- De overlast in winkelgebieden daalt voor het derde jaar.\n"
        "- De zorg over online oplichting groeit, vooral bij mensen boven de 65.\n"
        "- In het buitengebied kent één op de drie inwoners de wijkagent bij naam.\n\n"
        "Wilt u de cijfers in uw raad bespreken? De onderzoekers komen ze graag toelichten.",
        "https://var.example/monitor", "Bekijk de cijfers van uw gemeente",
        topics=("cijfers",), priority=2, waited=4, picture=PICTURES["bars"],
    ),
    DemoItem(
        "var", "news", "Minder overlast door jongeren na een zomer met straatcoaches",
        "In zes gemeenten liepen straatcoaches mee. Het aantal meldingen daalde daar met een vijfde.",
        "De aanpak werkt het best waar coach, wijkagent en school elkaar elke week spreken. In Vlietstede "
        "kwam daar een jeugdarts bij.\n\n"
        "> Je hoeft niet alles te weten van een jongen. Je moet er zijn op dinsdagavond, en dan weer.\n\n"
        "Volgend jaar kunnen tien gemeenten meedoen.",
        "https://var.example/straatcoaches", "Lees wat de zes gemeenten leerden",
        topics=("jeugd", "zorg-en-veiligheid"), waited=8,
    ),
    DemoItem(
        "var", "event", "OVV-carrousel: veilige evenementen",
        "Vier korte rondes over vergunningen, drukte, vuurwerk en zorg op straat.",
        "U schuift elke 25 minuten aan bij een andere tafel, met steeds een collega die er net mee te maken "
        "had. Neem een eigen vraag mee: de laatste ronde is voor wat u zelf inbrengt.",
        "https://var.example/agenda/carrousel", "Reserveer uw plek bij de carrousel",
        segments=("ovv",), starts=12, hours=(9, 12), place="Stadhuis van Maasdrecht", priority=2, waited=3,
    ),
    DemoItem(
        "var", "event", "Leerhuis: zorg en straf bij verward gedrag",
        "Wijkagenten, GGZ en gemeenten leren van elkaar aan de hand van één lange casus.",
        "We volgen een man die in een jaar veertig keer in beeld kwam. Op welk moment had het anders kunnen "
        "gaan, en wie had dat kunnen doen? Na afloop is er soep.",
        "https://var.example/agenda/leerhuis", "Meld u aan voor het leerhuis",
        topics=("zorg-en-veiligheid",), starts=24, hours=(14, 17), place="Het Leerhuis, Vlietstede", waited=2,
    ),
    DemoItem(
        "var", "publication", "Stappenplan bij een bestuurlijke rapportage",
        "Van rapport tot besluit in zeven stappen, met voorbeeldbrieven.",
        "U krijgt een rapportage van de politie, en dan? Het stappenplan volgt de termijnen van de wet: van de "
        "eerste lezing en de zienswijze tot het besluit van de burgemeester. Bij elke stap staat wie hem zet "
        "en hoeveel tijd u heeft.",
        "https://var.example/stappenplan", "Download het stappenplan",
        segments=("beleidsadviseurs", "ovv"), topics=("ondermijning",), waited=6, picture=PICTURES["stairs"],
    ),
    DemoItem(
        "var", "publication", "Onderzoek: wat helpt tegen online oplichting?",
        "Onderzoekers vergeleken veertig campagnes. Persoonlijk contact werkt beter dan posters.",
        "Een gesprek in de bibliotheek of bij de huisarts blijft hangen. Een filmpje op een scherm niet. Het "
        "rapport eindigt met vijf dingen die een gemeente morgen kan doen, zonder extra geld.",
        "https://var.example/onderzoek-oplichting", "Lees de samenvatting van het onderzoek",
        topics=("digitaal", "cijfers"), waited=9,
    ),
    DemoItem(
        "var", "call", "Wie doet mee met de proef buurtpreventie-app?",
        "Drie gemeenten zijn begonnen. Er is plek voor nog twee.",
        "Deelname kost niets. Wel vragen we een vast aanspreekpunt voor een half jaar, en toestemming om de "
        "uitkomsten met de regio te delen.",
        "https://var.example/proef-buurtapp", "Geef uw gemeente op",
        segments=("burgemeesters", "beleidsadviseurs"), topics=("digitaal",), expires=20, waited=4,
    ),
    DemoItem(
        "var", "call", "Welke vraag legt u voor aan de burgemeesterskring?",
        "De kring praat de volgende keer over jeugd en wapens. Uw vraag kan op de agenda.",
        "Houd het kort: één situatie en één vraag. De secretaris belt u als iets niet duidelijk is.",
        "https://var.example/burgemeesterskring", "Stuur uw vraag in",
        segments=("burgemeesters",), topics=("jeugd",), expires=30, waited=1,
    ),
    DemoItem(
        "var", "news", "Terugblik op het regiocongres",
        "Tweehonderd mensen kwamen naar Maasdrecht. De presentaties staan online.",
        "Drie zalen, negen verhalen en één terugkerende zin: bel elkaar eerder. De opnamen hebben ondertitels.",
        "https://var.example/congres", "Bekijk de presentaties",
        priority=0, waited=10,
    ),
)  # fmt: skip

NEXT_ITEMS = (
    DemoItem(
        "riec", "news", "Vier gemeenten controleren samen bedrijventerreinen",
        "Zestien loodsen in één ochtend: wat de controleurs vonden, en hoe eigenaren meewerkten.",
        "Brandweer, belasting en toezicht liepen samen door de straat. Bij vijf loodsen klopte de huurder niet.",
        "https://riec.example/bedrijventerreinen", "Lees het verslag van de controle",
        topics=("ondermijning",), not_before=1, waited=1,
    ),
    DemoItem(
        "riec", "publication", "Lesbrief over drugs dumpen in de natuur",
        "Voor boswachters, waterschappen en boa's: herkennen, afzetten en bellen.",
        "De brief past op twee bladzijden en heeft een kaart met nummers voor elke gemeente.",
        "https://riec.example/lesbrief-dumpen", "Bekijk de lesbrief",
        segments=("ovv", "politie"), topics=("buitengebied",), not_before=1, waited=2,
    ),
    DemoItem(
        "riec", "event", "Training weerbare raadsleden",
        "Oefen met een acteur wat u zegt als iemand u onder druk zet.",
        "De training duurt een avond. Griffiers regelen de inschrijving voor hun raad.",
        "https://riec.example/training-raad", "Vraag een training aan",
        topics=("weerbaar-bestuur",), starts=40, hours=(19, 21), place="Raadzaal van Polderveen", not_before=1,
        waited=2,
    ),
    DemoItem(
        "riec", "call", "Gezocht: huisartsen die uitbuiting herkennen",
        "We maken een korte podcast en zoeken drie stemmen uit de praktijk.",
        "De opname duurt een half uur en kan bij u op de praktijk. Patiënten blijven onherkenbaar.",
        "https://riec.example/podcast", "Meld u voor de podcast",
        segments=("beleidsadviseurs",), topics=("zorg-en-veiligheid",), not_before=1, waited=1,
    ),
    DemoItem(
        "var", "news", "Cameratoezicht: wat mag wel en wat niet",
        "De regels op een rij, met de vragen die gemeenten het vaakst stellen.",
        "Hoe lang bewaart u beelden, en wie mag ze zien? Een jurist geeft antwoord op twaalf vragen.",
        "https://var.example/cameratoezicht", "Lees de twaalf antwoorden",
        topics=("digitaal",), not_before=1, waited=2,
    ),
    DemoItem(
        "var", "publication", "Kaart van de wijkagenten in de regio",
        "Zoek op postcode wie uw wijkagent is en wanneer die spreekuur houdt.",
        "De kaart wordt elke maandag bijgewerkt. Klopt er iets niet, dan kunt u dat op de kaart zelf melden.",
        "https://var.example/wijkagenten", "Open de kaart",
        priority=2, not_before=1, waited=1,
    ),
    DemoItem(
        "var", "event", "Spreekuur brandveiligheid in de ouderenzorg",
        "Stel uw vraag aan de brandweer, zonder afspraak en zonder dossier.",
        "Elke eerste woensdag van de maand. Neem een plattegrond mee als u die heeft.",
        "https://var.example/agenda/spreekuur", "Bekijk de data van het spreekuur",
        topics=("zorg-en-veiligheid",), starts=33, hours=(10, 12), place="Kazerne Noorderkade", not_before=1,
        waited=1,
    ),
    DemoItem(
        "var", "call", "Noem een plek waar het beter gaat",
        "We schrijven een serie over straten en pleinen die zijn opgeknapt. Welke mag niet ontbreken?",
        "Een foto van vroeger helpt. We bellen u voordat we iets plaatsen.",
        "https://var.example/goede-plekken", "Stuur uw plek in",
        not_before=1, waited=3,
    ),
)  # fmt: skip
"""What waits until the first edition is out, so that the second has something to tell."""

ITEMS = RIEC_ITEMS + VAR_ITEMS + NEXT_ITEMS
