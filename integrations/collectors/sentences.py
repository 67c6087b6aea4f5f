"""What sources say to their users, in the other languages of the API.

Sources speak English; a sentence that is missing here is shown as it is.
"""

FRENCH = {
    "No code was given in time.": "Aucun code n'a été saisi à temps.",
    "The collect did not work. It is tried again in a day.": (
        "La récupération n'a pas fonctionné. Nouvel essai dans un jour."
    ),
    "The mail server refuses the user or password.": (
        "Le serveur de messagerie refuse l'utilisateur ou le mot de passe."
    ),
    "The mailbox has no such folder.": "La boîte aux lettres n'a pas ce dossier.",
    "The mail server could not be reached.": "Le serveur de messagerie est injoignable.",
    "The server refuses the header.": "Le serveur refuse l'en-tête.",
    "The answer has no list where one is expected.": (
        "La réponse n'a pas de liste là où il en faut une."
    ),
    "The answer is not JSON.": "La réponse n'est pas du JSON.",
    "An invoice in the answer has no id, date or document.": (
        "Une facture de la réponse n'a pas d'identifiant, de date ou de document."
    ),
    "The folder is not there.": "Le dossier n'existe pas.",
    "The server could not be reached.": "Le serveur est injoignable.",
    "The server did not answer in time.": "Le serveur n'a pas répondu à temps.",
    "This server watches no folders.": "Ce serveur ne surveille aucun dossier.",
    "This must be the path of a folder below the watched one.": (
        "Il faut le chemin d'un dossier sous celui qui est surveillé."
    ),
    "This must be tls or none.": "Il faut tls ou none.",
    "This must be the number of a port.": "Il faut le numéro d'un port.",
    "This must be the name of a header.": "Il faut le nom d'un en-tête.",
    "This must be on one line.": "Il faut une seule ligne.",
    "This must be names with points between them.": "Il faut des noms séparés par des points.",
    "it is too long or holds a NUL": "c'est trop long, ou contient un NUL",
}
_BY_LOCALE = {"fr": FRENCH}


def spoken(sentence: str, locale: str) -> str:
    """The sentence in that language, or as it is."""
    return _BY_LOCALE.get(locale, {}).get(sentence, sentence)


def vocabulary(locale: str) -> dict[str, str]:
    """Every sentence that there is in that language, by the English one."""
    return _BY_LOCALE.get(locale, {})
