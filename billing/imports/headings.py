"""The names that columns go by in files, in English, German, French and Spanish.

One field a line, its names after the colon; they are compared by small letters and digits
only, so that a name need not stand here in all its spellings.
"""

CUSTOMERS = """
external_reference: customer number, customer no, customer id, customer ref, reference, number,
    no, id, kundennummer, kundennr, kunden-nr, kd-nr, debitor, debitorennummer, numero client, n
    client, no client, code client, numero de cliente, n cliente, codigo de cliente, codigo
name: name, customer, customer name, company, company name, display name, kunde, kundenname,
    firma, firmenname, unternehmen, nom, client, nom du client, entreprise, societe, raison
    sociale, nombre, cliente, nombre del cliente, empresa, razon social
first_name: first name, given name, firstname, vorname, prenom, nombre de pila
last_name: last name, surname, family name, lastname, nachname, familienname, nom de famille,
    apellido, apellidos
kind: type, customer type, kind, art, kundenart, kundentyp, typ, type de client, tipo, tipo de
    cliente
email: email, e-mail, email address, e-mail address, mail, e-mail-adresse, mailadresse,
    courriel, adresse e-mail, adresse mail, correo, correo electronico, direccion de correo
phone: phone, phone number, telephone, tel, mobile, telefon, telefonnummer, rufnummer, mobil,
    handy, numero de telephone, portable, telefono, movil
legal_name: legal name, registered name, rechtlicher name, nom legal, denomination sociale,
    nombre legal, denominacion social
address_line1: street, address, address 1, address line 1, street address, billing street,
    billing_address.street, strasse, straße, adresse, anschrift, strasse und hausnummer, rue,
    adresse 1, ligne d'adresse 1, calle, direccion, direccion 1, domicilio
address_line2: street 2, address 2, address line 2, billing_address.street2, adresszusatz,
    zusatz, adresse 2, complement, complement d'adresse, direccion 2, complemento
postal_code: postal code, postcode, zip, zip code, billing_address.postal_code, plz,
    postleitzahl, code postal, cp, codigo postal
city: city, town, billing_address.city, ort, stadt, ville, localite, ciudad, poblacion,
    localidad
subdivision: state, province, region, county, billing_address.state, bundesland, kanton,
    departement, provincia, estado
country: country, country code, billing_address.country, land, laendercode, ländercode, pays,
    code pays, pais, codigo de pais
vat_id: vat id, vat number, vat no, vat, tax id, ust-id, ust-idnr, ustid, ustidnr,
    umsatzsteuer-id, uid, mwst-nr, numero de tva, n tva, tva, tva intracommunautaire, nif-iva,
    nif iva, iva, numero de iva
tax_registration_id: tax number, tax no, steuernummer, steuernr, st-nr, siret, siren, numero
    fiscal, nif, cif
currency: currency, currency code, waehrung, währung, devise, monnaie, moneda, divisa
payment_terms_days: payment terms, payment days, terms, net days, days to pay, zahlungsziel,
    zahlungsfrist, zahlungsziel tage, delai de paiement, echeance jours, plazo de pago, dias de
    pago
credit_limit: credit limit, kreditlimit, kreditrahmen, limite de credit, plafond, limite de
    credito
is_tax_exempt: tax exempt, tax_exempt, steuerfrei, steuerbefreit, exonere, exonere de tva,
    exento, exento de iva
buyer_reference: buyer reference, leitweg-id, leitwegid, leitweg, reference acheteur, referencia
    del comprador
tags: tags, labels, groups, schlagworte, schlagwörter, gruppen, etiquettes, etiquetas
notes: notes, note, comment, comments, remarks, notizen, notiz, bemerkung, bemerkungen,
    kommentar, remarques, commentaire, notas, observaciones, comentario
"""
PRODUCTS = """
sku: sku, item number, item no, product number, product code, article number, code, number,
    artikelnummer, artikelnr, artikel-nr, art-nr, produktnummer, reference, ref, numero
    d'article, code article, referencia, codigo, codigo de articulo
name: name, product, product name, item, title, artikel, produkt, bezeichnung,
    artikelbezeichnung, produktname, nom, produit, article, designation, libelle, nombre,
    producto, articulo, denominacion
description: description, details, text, beschreibung, descriptif, detail, descripcion
unit_price: price, unit price, net price, sales price, amount, preis, einzelpreis, stueckpreis,
    stückpreis, nettopreis, verkaufspreis, vk, prix, prix unitaire, prix ht, precio, precio
    unitario, precio neto
currency: currency, currency code, waehrung, währung, devise, monnaie, moneda, divisa
unit: unit, unit of measure, uom, einheit, mengeneinheit, me, unite, unidad
tax: tax, tax rate, tax profile, tax_profile, vat, vat rate, vat percent, tax percent, steuer,
    steuersatz, mwst, ust, mwst-satz, ust-satz, mehrwertsteuer, tva, taux de tva, taxe, iva,
    tipo de iva, impuesto
kind: type, kind, product type, art, typ, produktart, artikelart, nature, tipo
category: category, group, product group, kategorie, warengruppe, artikelgruppe, gruppe,
    categorie, famille, categoria, familia
cost_price: cost, cost price, purchase price, einkaufspreis, ek, ek-preis, prix d'achat, cout,
    precio de compra, coste
stock_quantity: stock, stock quantity, inventory, inventory_quantity, quantity, bestand,
    lagerbestand, menge, quantite, quantite en stock, existencias, cantidad
is_active: active, is_active, offered, aktiv, actif, activo
"""
INVOICES = """
number: invoice, invoice number, invoice no, number, no, document number, rechnung,
    rechnungsnummer, rechnungsnr, rechnungs-nr, belegnummer, nummer, facture, numero de facture,
    n facture, numero, factura, numero de factura, n factura
customer_number: customer number, customer no, customer id, customer_reference, kundennummer,
    kundennr, kunden-nr, debitor, numero client, code client, numero de cliente, codigo de
    cliente
customer_email: customer email, customer_email, email, e-mail, mail, e-mail-adresse, courriel,
    correo, correo electronico
customer_name: customer, customer name, customer_name, company, kunde, kundenname, firma,
    client, nom du client, cliente, nombre del cliente, empresa
issue_date: date, invoice date, issue date, issue_date, datum, rechnungsdatum, belegdatum, date
    de facture, date d'emission, fecha, fecha de factura, fecha de emision
due_date: due, due date, due_date, faellig, fällig, faellig am, fällig am, faelligkeit,
    fälligkeit, fälligkeitsdatum, echeance, date d'echeance, vencimiento, fecha de vencimiento
currency: currency, currency code, waehrung, währung, devise, monnaie, moneda, divisa
purchase_order: purchase order, po, po number, po_number, order number, bestellnummer,
    bestellung, bon de commande, numero de commande, pedido, numero de pedido
notes: notes, note, comment, bemerkung, notizen, remarques, notas, observaciones
sku: sku, item number, product code, product_sku, artikelnummer, artikelnr, art-nr, reference,
    ref, code article, referencia, codigo de articulo
name: item, name, product, position, description, line, artikel, bezeichnung, leistung,
    beschreibung, designation, article, libelle, concepto, articulo, descripcion
description: details, item description, long description, zusatztext, langtext, detail, detalle
quantity: quantity, qty, amount, menge, anzahl, quantite, qte, cantidad, cant
unit: unit, uom, einheit, mengeneinheit, unite, unidad
unit_price: price, unit price, unit_price, rate, preis, einzelpreis, stückpreis, prix, prix
    unitaire, prix ht, precio, precio unitario
discount_percent: discount, discount percent, discount_percent, rabatt, rabatt %, remise, remise
    %, descuento, descuento %
tax: tax, tax rate, tax_profile, vat, vat rate, vat percent, tax percent, steuer, steuersatz,
    mwst, ust, tva, taux de tva, iva, tipo de iva, impuesto
"""
