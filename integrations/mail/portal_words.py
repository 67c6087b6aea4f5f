"""The words of mail about the customer portal in each language."""

from collections.abc import Mapping

_EN = {
    "link_subject": "Sign in to your documents at {seller}",
    "link_body": (
        "Somebody asked to sign in to the customer portal of {seller} with this address. The"
        " link works once, for 15 minutes.\n\nIf that was not you, ignore this message:"
        " nothing happens without the link."
    ),
    "link_button": "Sign in",
    "invitation_subject": "Your invoices and quotes at {seller}, in one place",
    "invitation_body": (
        "On our customer portal you see all your invoices, quotes and payments, download"
        " them, and say how you pay. There is no password: give this e-mail address, and a"
        " link that signs you in is sent to you."
    ),
    "invitation_button": "Open the portal",
    "see_all": "See all your invoices",
}

_FR = {
    "link_subject": "Connexion à vos documents chez {seller}",
    "link_body": (
        "Une connexion à l’espace client de {seller} a été demandée avec cette adresse. Le"
        " lien fonctionne une seule fois, pendant 15 minutes.\n\nSi vous n’êtes pas à"
        " l’origine de cette demande, ignorez ce message : rien ne se passe sans le lien."
    ),
    "link_button": "Se connecter",
    "invitation_subject": "Vos factures et devis chez {seller}, au même endroit",
    "invitation_body": (
        "Dans notre espace client, vous consultez toutes vos factures, vos devis et vos"
        " paiements, vous les téléchargez et vous indiquez comment vous payez. Il n’y a pas de"
        " mot de passe : saisissez cette adresse e-mail et un lien de connexion vous est envoyé."
    ),
    "invitation_button": "Ouvrir l’espace client",
    "see_all": "Voir toutes vos factures",
}

_DE = {
    "link_subject": "Anmeldung zu Ihren Dokumenten bei {seller}",
    "link_body": (
        "Mit dieser Adresse wurde eine Anmeldung am Kundenportal von {seller} angefordert. Der"
        " Link gilt einmal und 15 Minuten lang.\n\nWaren Sie das nicht, so ignorieren Sie diese"
        " Nachricht: Ohne den Link geschieht nichts."
    ),
    "link_button": "Anmelden",
    "invitation_subject": "Ihre Rechnungen und Angebote bei {seller} an einem Ort",
    "invitation_body": (
        "In unserem Kundenportal sehen Sie alle Ihre Rechnungen, Angebote und Zahlungen, laden"
        " sie herunter und geben an, wie Sie zahlen. Ein Passwort brauchen Sie nicht: Geben Sie"
        " diese E-Mail-Adresse an, und Sie erhalten einen Link zur Anmeldung."
    ),
    "invitation_button": "Portal öffnen",
    "see_all": "Alle Ihre Rechnungen ansehen",
}

_ES = {
    "link_subject": "Acceso a sus documentos en {seller}",
    "link_body": (
        "Alguien ha pedido entrar en el portal de clientes de {seller} con esta dirección. El"
        " enlace funciona una sola vez, durante 15 minutos.\n\nSi no ha sido usted, no tenga en"
        " cuenta este mensaje: sin el enlace no ocurre nada."
    ),
    "link_button": "Entrar",
    "invitation_subject": "Sus facturas y presupuestos de {seller}, en un solo lugar",
    "invitation_body": (
        "En nuestro portal de clientes puede ver todas sus facturas, presupuestos y pagos,"
        " descargarlos e indicar cómo paga. No hay contraseña: indique esta dirección de correo"
        " y recibirá un enlace para entrar."
    ),
    "invitation_button": "Abrir el portal",
    "see_all": "Ver todas sus facturas",
}

LANGUAGES: dict[str, dict[str, str]] = {"en": _EN, "fr": _FR, "de": _DE, "es": _ES}


def words_for(locale: str) -> Mapping[str, str]:
    """The words of the locale's language; English for a language we do not speak."""
    return LANGUAGES.get(locale.replace("-", "_").partition("_")[0].lower(), _EN)
