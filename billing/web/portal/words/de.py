"""The words of the customer portal, in German."""

DE = {
    # frame
    "portal": "Kundenportal",
    "menu": "Portal",
    "nav_home": "Übersicht",
    "nav_documents": "Dokumente",
    "nav_pay": "Bezahlen",
    "nav_statement": "Kontoauszug",
    "nav_details": "Ihre Daten",
    "skip": "Zum Inhalt",
    "sign_out": "Abmelden",
    "change_customer": "Kunde wechseln",
    "questions_portal": "Fragen?",
    "back": "Zurück",
    # coming in
    "sign_in_title": "Ihre Dokumente",
    "sign_in_text": (
        "Sehen und bezahlen Sie Ihre Rechnungen, beantworten Sie Angebote und laden Sie"
        " alles herunter. Geben Sie die E-Mail-Adresse an, an die Ihre Rechnungen gehen: Sie"
        " erhalten einen Link zur Anmeldung und brauchen kein Passwort."
    ),
    "send_link": "Link senden",
    "link_spent": (
        "Dieser Link wurde schon benutzt oder ist abgelaufen. Fordern Sie einen neuen an."
    ),
    "sent_title": "Sehen Sie in Ihre E-Mail",
    "sent_text": (
        "Wenn an diese Adresse Rechnungen gehen, ist ein Link unterwegs. Er gilt einmal und"
        " 15 Minuten lang. Nichts da? Sehen Sie im Spam-Ordner nach, oder versuchen Sie die"
        " Adresse, an die Ihre Rechnungen gehen."
    ),
    "other_address": "Andere Adresse verwenden",
    "enter_title": "Willkommen",
    "enter_text": "Noch ein Schritt: Der Knopf meldet Sie auf diesem Gerät an.",
    "enter_button": "Anmelden",
    "choose_title": "Für wen sehen Sie nach?",
    "choose_text": "Mehrere Kunden verwenden Ihre Adresse.",
    # refusals
    "not_here": "Hier ist nichts",
    "not_here_text": "Das Dokument gibt es nicht, oder es ist nicht Ihres.",
    "refused": "Das ging nicht",
    "error_other": "Das ist im Moment nicht möglich. Bitte fragen Sie den Absender.",
    "error_field": "Bitte prüfen Sie dieses Feld.",
    "error_own_contact": "Mit dieser Adresse sind Sie angemeldet: Sie muss bleiben.",
    "error_too_many_contacts": "Es gibt schon zu viele Kontakte.",
    "error_nothing_left_to_pay": "Von Rechnung {number} ist nichts mehr zu bezahlen.",
    "error_amount_exceeds_due": "Das ist mehr, als offen ist.",
    "error_part_payment_not_allowed": "Rechnung {number} ist vollständig zu bezahlen.",
    "error_invalid_transition": (
        "Inzwischen hat sich etwas geändert. Bitte sehen Sie noch einmal nach."
    ),
    # overview
    "open_items": "Offene Rechnungen",
    "to_pay": "Zu bezahlen",
    "of_which_overdue": "davon überfällig: {amount}",
    "credit_available": "Ihr Guthaben",
    "nothing_open": "Es ist nichts offen. Vielen Dank!",
    "pay_selected": "Ausgewählte bezahlen",
    "select_invoice": "Rechnung {number} auswählen",
    "open_quotes": "Angebote, die auf Sie warten",
    "answer_quote": "Ansehen und antworten",
    "announced_title": "Angekündigte Zahlungen",
    "announced_on": "Angekündigt am {date}",
    "announced_for": "für {numbers}",
    "announced_already": "angekündigt",
    "withdraw": "Zurücknehmen",
    "latest_payments": "Letzte Zahlungen",
    "all_documents": "Alle Dokumente",
    "no_documents_yet": "Es gibt noch keine Dokumente.",
    # documents
    "kind_invoices": "Rechnungen",
    "kind_quotes": "Angebote",
    "kind_credit-notes": "Gutschriften",
    "kind_payments": "Zahlungen",
    "state_open": "Offen",
    "state_overdue": "Überfällig",
    "state_partial": "Teilweise bezahlt",
    "state_paid": "Bezahlt",
    "state_void": "Storniert",
    "state_accepted": "Angenommen",
    "state_declined": "Abgelehnt",
    "state_expired": "Abgelaufen",
    "state_pending": "Unterwegs",
    "state_refunded": "Erstattet",
    "state": "Status",
    "all": "Alle",
    "year": "Jahr",
    "all_years": "Alle Jahre",
    "filter": "Anzeigen",
    "none_found": "Nichts gefunden.",
    "still_due": "noch {amount} offen",
    "newer": "Neuere",
    "older": "Ältere",
    "pdf_of": "PDF von {number}",
    "pay_this": "Diese Rechnung bezahlen",
    # objections
    "dispute_open": "An dieser Rechnung stimmt etwas nicht",
    "dispute_about": "Worum geht es?",
    "dispute_whole": "Die ganze Rechnung",
    "dispute_reason": "Was stimmt nicht?",
    "dispute_hint": (
        "Der Absender erfährt es sofort. Bis er geantwortet hat, bekommen Sie keine"
        " Zahlungserinnerungen zu dieser Rechnung."
    ),
    "dispute_send": "Absenden",
    "disputes": "Ihre Einwände",
    "dispute_answer": "Antwort: {text}",
    "objection_open": "Wartet auf Antwort",
    "objection_won": "Die Rechnung bleibt bestehen",
    "objection_lost": "Sie hatten recht",
    "state_disputed": "Bestritten",
    "reason_needed": "Bitte sagen Sie, was nicht stimmt.",
    "error_dispute_already_open": "Dagegen haben Sie schon Einwand erhoben; er wartet auf Antwort.",
    "error_invoice_not_disputable": "Es gibt nichts einzuwenden.",
    # everything at once
    "everything": "Alles herunterladen",
    "everything_text": (
        "Alle Rechnungen, Angebote, Gutschriften und Belege als PDF in einem ZIP-Archiv, mit"
        " einer Liste."
    ),
    "documents_count": "Dokumente: {count}",
    "too_many_documents": (
        "Ein Archiv fasst höchstens {most} Dokumente. Bitte nehmen Sie ein Jahr nach dem anderen."
    ),
    # paying
    "pay_title": "Rechnungen bezahlen",
    "choose_invoices": "Wählen Sie mindestens eine Rechnung.",
    "one_currency": "Wählen Sie Rechnungen in einer Währung.",
    "pay_hint": "Wählen Sie, was Sie bezahlen möchten; die nächste Seite sagt, wie.",
    "continue": "Weiter",
    "you_pay": "Sie bezahlen",
    "amount_of": "Betrag für {number}",
    "of_amount": "von {amount}",
    "use_amounts": "Diese Beträge verwenden",
    "choose_others": "Andere Rechnungen wählen",
    "payment_for": "{amount} für {numbers}",
    "announce_title": "Sagen Sie uns, dass es unterwegs ist",
    "announce_hint": (
        "So findet das Geld seine Rechnungen, sobald es da ist. Abgebucht wird dadurch nichts."
    ),
    "announce": "Ich bezahle {amount} so",
    "announce_done": "Vielen Dank! Der Absender weiß, dass Ihre Zahlung unterwegs ist.",
    # statement
    "statement": "Kontoauszug",
    "from_day": "Von",
    "to_day": "Bis",
    "opening_balance": "Anfangssaldo",
    "closing_balance": "Endsaldo",
    "date": "Datum",
    "what": "Vorgang",
    "balance": "Saldo",
    "no_movements": "In diesem Zeitraum ist nichts geschehen.",
    "balance_hint": "Ein positiver Saldo ist, was Sie schulden; ein negativer ist Ihr Guthaben.",
    "period_refused": (
        "Bitte geben Sie einen Zeitraum von höchstens zehn Jahren an, den ersten Tag vor dem"
        " letzten."
    ),
    "this_month": "Dieser Monat",
    "last_month": "Letzter Monat",
    "this_year": "Dieses Jahr",
    "last_year": "Letztes Jahr",
    "moved_invoice": "Rechnung",
    "moved_invoice_voided": "Rechnung storniert",
    "moved_payment": "Zahlung",
    "moved_payment_deleted": "Zahlung zurückgenommen",
    "moved_credit_note": "Gutschrift",
    "moved_credit_note_voided": "Gutschrift storniert",
    "moved_refund": "Erstattung",
    "moved_write_off": "Ausgebucht",
    "moved_adjustment": "Anpassung",
    # details
    "details_text": (
        "Ausgestellte Dokumente bleiben, wie sie sind. Der Absender erfährt von jeder Änderung."
    ),
    "details_others": (
        "Name, E-Mail-Adresse und Steuernummern ändert der Absender: Bitte schreiben Sie ihm."
    ),
    "address": "Anschrift",
    "own_address_line1": "Straße und Hausnummer",
    "own_address_line2": "Zweite Zeile (optional)",
    "own_address_line3": "Dritte Zeile (optional)",
    "own_postal_code": "Postleitzahl",
    "own_city": "Ort",
    "own_subdivision": "Bundesland oder Region (optional)",
    "own_phone": "Telefon",
    "own_contact_name": "Ansprechpartner",
    "own_contact_phone": "Telefon der Person",
    "own_buyer_reference": "Ihre Referenz, für neue Rechnungen",
    "country": "Land",
    "language": "Sprache der Dokumente und E-Mails",
    "save": "Speichern",
    "saved": "Gespeichert. Vielen Dank!",
    "contacts": "Kontakte",
    "contacts_none": "Noch niemand.",
    "contact_add": "Kontakt hinzufügen",
    "contact_edit": "Kontakt ändern",
    "contact_name": "Name",
    "contact_email": "E-Mail",
    "contact_phone": "Telefon (optional)",
    "contact_position": "Funktion (optional)",
    "contact_receives": "Erhält Rechnungen und darf sich hier anmelden",
    "edit": "Ändern",
    "remove": "Entfernen",
}
