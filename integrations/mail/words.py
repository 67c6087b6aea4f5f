"""The words of mail in each language. Placeholders: number, seller, total, date, address."""

Words = dict[str, str]

_EN: Words = {
    "invoice_subject": "Invoice {number} from {seller}",
    "invoice_title": "Invoice {number}",
    "invoice_body": "Please find your invoice {number} over {total}, due on {date}.",
    "invoice_paid_body": "Please find your invoice {number} over {total}. It is paid in full.",
    "credit_note_subject": "Credit note {number} from {seller}",
    "credit_note_title": "Credit note {number}",
    "credit_note_body": "Please find your credit note {number} over {total}.",
    "quote_subject": "Quote {number} from {seller}",
    "quote_title": "Quote {number}",
    "quote_body": "Please find our quote {number} over {total}, valid until {date}.",
    "receipt_subject": "Receipt {number} from {seller}",
    "receipt_title": "Receipt {number}",
    "receipt_body": "We have received your payment of {total}. Thank you.",
    "reminder_upcoming_subject": "Invoice {number} is due on {date}",
    "reminder_upcoming_title": "Invoice {number} is due soon",
    "reminder_upcoming_body": (
        "A friendly reminder: {total} for invoice {number} is due on {date}."
    ),
    "reminder_due_subject": "Invoice {number} is due today",
    "reminder_due_title": "Invoice {number} is due today",
    "reminder_due_body": "{total} for invoice {number} is due today, {date}.",
    "reminder_overdue_subject": "Reminder: invoice {number} is overdue",
    "reminder_overdue_title": "Payment reminder",
    "reminder_overdue_body": (
        "Invoice {number} has been due since {date}, and {total} is still open. Please pay"
        " it soon, or tell us if something is wrong with it. If your payment is on its way,"
        " please ignore this message."
    ),
    "total": "Total",
    "amount_due": "Amount due",
    "due_date": "Due date",
    "issue_date": "Date",
    "valid_until": "Valid until",
    "view_invoice": "View invoice",
    "view_quote": "View and answer",
    "for_invoice": "For invoice",
    "attached": "The document is attached as a PDF.",
    "open_link": "View it online:",
    "sandbox": "This is a test. Nothing is owed.",
    "unsubscribe": "Unsubscribe from reminders",
    "unsubscribe_title": "No more reminders?",
    "unsubscribe_text": (
        "{seller} will send no more payment reminders to {address}. Invoices are still sent."
    ),
    "unsubscribed_title": "You are unsubscribed",
    "unsubscribed_text": (
        "{seller} sends no more payment reminders to {address}. Invoices are still sent."
    ),
}

_FR: Words = {
    "invoice_subject": "Facture {number} de {seller}",
    "invoice_title": "Facture {number}",
    "invoice_body": "Veuillez trouver votre facture {number} de {total}, à régler le {date}.",
    "invoice_paid_body": "Veuillez trouver votre facture {number} de {total}. Elle est acquittée.",
    "credit_note_subject": "Avoir {number} de {seller}",
    "credit_note_title": "Avoir {number}",
    "credit_note_body": "Veuillez trouver votre avoir {number} de {total}.",
    "quote_subject": "Devis {number} de {seller}",
    "quote_title": "Devis {number}",
    "quote_body": "Veuillez trouver notre devis {number} de {total}, valable jusqu’au {date}.",
    "receipt_subject": "Reçu {number} de {seller}",
    "receipt_title": "Reçu {number}",
    "receipt_body": "Nous avons bien reçu votre paiement de {total}. Merci.",
    "reminder_upcoming_subject": "La facture {number} est à régler le {date}",
    "reminder_upcoming_title": "La facture {number} arrive à échéance",
    "reminder_upcoming_body": (
        "Petit rappel : {total} restent à régler pour la facture {number} le {date}."
    ),
    "reminder_due_subject": "La facture {number} est à régler aujourd’hui",
    "reminder_due_title": "La facture {number} est à régler aujourd’hui",
    "reminder_due_body": "{total} sont à régler aujourd’hui, {date}, pour la facture {number}.",
    "reminder_overdue_subject": "Rappel : la facture {number} est échue",
    "reminder_overdue_title": "Rappel de paiement",
    "reminder_overdue_body": (
        "La facture {number} est échue depuis le {date} et {total} restent à régler. Merci"
        " de la régler rapidement ou de nous dire si quelque chose ne va pas. Si votre"
        " paiement est en route, ne tenez pas compte de ce message."
    ),
    "total": "Total",
    "amount_due": "Reste à payer",
    "due_date": "Échéance",
    "issue_date": "Date",
    "valid_until": "Valable jusqu’au",
    "view_invoice": "Voir la facture",
    "view_quote": "Voir et répondre",
    "for_invoice": "Pour la facture",
    "attached": "Le document est joint au format PDF.",
    "open_link": "À consulter en ligne :",
    "sandbox": "Ceci est un test. Rien n’est dû.",
    "unsubscribe": "Ne plus recevoir de rappels",
    "unsubscribe_title": "Plus de rappels ?",
    "unsubscribe_text": (
        "{seller} n’enverra plus de rappels de paiement à {address}."
        " Les factures continuent d’être envoyées."
    ),
    "unsubscribed_title": "Vous êtes désabonné",
    "unsubscribed_text": (
        "{seller} n’envoie plus de rappels de paiement à {address}."
        " Les factures continuent d’être envoyées."
    ),
}

_DE: Words = {
    "invoice_subject": "Rechnung {number} von {seller}",
    "invoice_title": "Rechnung {number}",
    "invoice_body": "Anbei Ihre Rechnung {number} über {total}, fällig am {date}.",
    "invoice_paid_body": "Anbei Ihre Rechnung {number} über {total}. Sie ist vollständig bezahlt.",
    "credit_note_subject": "Gutschrift {number} von {seller}",
    "credit_note_title": "Gutschrift {number}",
    "credit_note_body": "Anbei Ihre Gutschrift {number} über {total}.",
    "quote_subject": "Angebot {number} von {seller}",
    "quote_title": "Angebot {number}",
    "quote_body": "Anbei unser Angebot {number} über {total}, gültig bis {date}.",
    "receipt_subject": "Zahlungsbeleg {number} von {seller}",
    "receipt_title": "Zahlungsbeleg {number}",
    "receipt_body": "Ihre Zahlung über {total} ist eingegangen. Vielen Dank.",
    "reminder_upcoming_subject": "Rechnung {number} ist am {date} fällig",
    "reminder_upcoming_title": "Rechnung {number} ist bald fällig",
    "reminder_upcoming_body": (
        "Zur Erinnerung: {total} aus Rechnung {number} sind am {date} fällig."
    ),
    "reminder_due_subject": "Rechnung {number} ist heute fällig",
    "reminder_due_title": "Rechnung {number} ist heute fällig",
    "reminder_due_body": "{total} aus Rechnung {number} sind heute, am {date}, fällig.",
    "reminder_overdue_subject": "Zahlungserinnerung: Rechnung {number}",
    "reminder_overdue_title": "Zahlungserinnerung",
    "reminder_overdue_body": (
        "Rechnung {number} ist seit dem {date} fällig, und {total} sind noch offen. Bitte"
        " zahlen Sie bald, oder sagen Sie uns, wenn etwas nicht stimmt. Ist Ihre Zahlung"
        " schon unterwegs, so betrachten Sie diese Nachricht als gegenstandslos."
    ),
    "total": "Gesamtbetrag",
    "amount_due": "Offener Betrag",
    "due_date": "Fällig am",
    "issue_date": "Datum",
    "valid_until": "Gültig bis",
    "view_invoice": "Rechnung ansehen",
    "view_quote": "Ansehen und antworten",
    "for_invoice": "Zur Rechnung",
    "attached": "Das Dokument liegt als PDF bei.",
    "open_link": "Online ansehen:",
    "sandbox": "Dies ist ein Test. Es ist nichts zu bezahlen.",
    "unsubscribe": "Keine Zahlungserinnerungen mehr",
    "unsubscribe_title": "Keine Erinnerungen mehr?",
    "unsubscribe_text": (
        "{seller} sendet dann keine Zahlungserinnerungen mehr an {address}."
        " Rechnungen werden weiterhin gesendet."
    ),
    "unsubscribed_title": "Sie sind abgemeldet",
    "unsubscribed_text": (
        "{seller} sendet keine Zahlungserinnerungen mehr an {address}."
        " Rechnungen werden weiterhin gesendet."
    ),
}

_ES: Words = {
    "invoice_subject": "Factura {number} de {seller}",
    "invoice_title": "Factura {number}",
    "invoice_body": "Le enviamos la factura {number} por {total}, con vencimiento el {date}.",
    "invoice_paid_body": "Le enviamos la factura {number} por {total}. Está pagada por completo.",
    "credit_note_subject": "Nota de crédito {number} de {seller}",
    "credit_note_title": "Nota de crédito {number}",
    "credit_note_body": "Le enviamos la nota de crédito {number} por {total}.",
    "quote_subject": "Presupuesto {number} de {seller}",
    "quote_title": "Presupuesto {number}",
    "quote_body": "Le enviamos el presupuesto {number} por {total}, válido hasta el {date}.",
    "receipt_subject": "Recibo {number} de {seller}",
    "receipt_title": "Recibo {number}",
    "receipt_body": "Hemos recibido su pago de {total}. Gracias.",
    "reminder_upcoming_subject": "La factura {number} vence el {date}",
    "reminder_upcoming_title": "La factura {number} vence pronto",
    "reminder_upcoming_body": "Le recordamos que {total} de la factura {number} vencen el {date}.",
    "reminder_due_subject": "La factura {number} vence hoy",
    "reminder_due_title": "La factura {number} vence hoy",
    "reminder_due_body": "{total} de la factura {number} vencen hoy, {date}.",
    "reminder_overdue_subject": "Recordatorio: la factura {number} está vencida",
    "reminder_overdue_title": "Recordatorio de pago",
    "reminder_overdue_body": (
        "La factura {number} venció el {date} y quedan pendientes {total}. Le rogamos que"
        " la pague pronto o que nos diga si algo no es correcto. Si su pago ya está en"
        " camino, no tenga en cuenta este mensaje."
    ),
    "total": "Total",
    "amount_due": "Importe pendiente",
    "due_date": "Vencimiento",
    "issue_date": "Fecha",
    "valid_until": "Válido hasta",
    "view_invoice": "Ver la factura",
    "view_quote": "Ver y responder",
    "for_invoice": "De la factura",
    "attached": "El documento va adjunto en PDF.",
    "open_link": "Ver en línea:",
    "sandbox": "Esto es una prueba. No se debe nada.",
    "unsubscribe": "No recibir más recordatorios",
    "unsubscribe_title": "¿No más recordatorios?",
    "unsubscribe_text": (
        "{seller} no enviará más recordatorios de pago a {address}."
        " Las facturas se seguirán enviando."
    ),
    "unsubscribed_title": "Se ha dado de baja",
    "unsubscribed_text": (
        "{seller} ya no envía recordatorios de pago a {address}. Las facturas se siguen enviando."
    ),
}

LANGUAGES: dict[str, Words] = {"en": _EN, "fr": _FR, "de": _DE, "es": _ES}


def words_for(locale: str) -> tuple[str, Words]:
    """The language of the locale and its words; English for a language we do not speak."""
    language = locale.replace("-", "_").partition("_")[0].lower()
    return (language, LANGUAGES[language]) if language in LANGUAGES else ("en", _EN)
