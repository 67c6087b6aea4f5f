"""The staff pages. No trailing slash: an address is the thing, not a folder."""

from django.urls import path, re_path

from billing.web import (
    attachments,
    bulk,
    catalogue,
    credits,
    customer_credit,
    customers,
    dashboard,
    disputes,
    imports,
    invoice_actions,
    invoice_editor,
    invoice_repairs,
    invoices,
    kit,
    late_fees,
    leads,
    payments,
    pickers,
    portal_staff,
    preferences,
    quote_editor,
    quotes,
    recurring,
    reminders,
    report_pages,
    reports,
    reports_sales,
    saved_filters,
    search,
    settings,
    tickets,
    transactions,
)

app_name = "billing"

_invoices = [
    path("invoices", invoices.index, name="invoices"),
    path("invoices/new", invoice_editor.create, name="invoice-create"),
    path("invoices/totals", invoice_editor.totals, name="invoice-totals"),
    path("invoices/lines", invoice_editor.add_line, name="invoice-line"),
    path("invoices/lines/<slug:key>", invoice_editor.fill_line, name="invoice-line-fill"),
    path("invoices/<uuid:uuid>", invoices.detail, name="invoice-detail"),
    path("invoices/<uuid:uuid>/pdf", invoices.pdf, name="invoice-pdf"),
    path("invoices/<uuid:uuid>/edit", invoice_editor.edit, name="invoice-edit"),
    path("invoices/<uuid:uuid>/amend", invoice_actions.amend, name="invoice-amend"),
    path("invoices/<uuid:uuid>/issue", invoice_actions.issue, name="invoice-issue"),
    path("invoices/<uuid:uuid>/send", invoice_actions.send, name="invoice-send"),
    path("invoices/<uuid:uuid>/unschedule", invoice_actions.unschedule, name="invoice-unschedule"),
    path("invoices/<uuid:uuid>/pay", invoice_actions.pay, name="invoice-pay"),
    path("invoices/<uuid:uuid>/mark-paid", invoice_actions.mark_paid, name="invoice-mark-paid"),
    path("invoices/<uuid:uuid>/credit", credits.create, name="invoice-credit"),
    path("invoices/<uuid:uuid>/void", invoice_actions.void, name="invoice-void"),
    path(
        "invoices/<uuid:uuid>/uncollectible",
        invoice_actions.uncollectible,
        name="invoice-uncollectible",
    ),
    path("invoices/<uuid:uuid>/duplicate", invoice_actions.duplicate, name="invoice-duplicate"),
    path("invoices/<uuid:uuid>/delete", invoice_actions.delete, name="invoice-delete"),
    path("invoices/<uuid:uuid>/repeat", recurring.repeat, name="invoice-repeat"),
    path("invoices/<uuid:uuid>/waive", late_fees.waive, name="invoice-waive"),
    path("invoices/<uuid:uuid>/remind", reminders.remind_now, name="invoice-remind"),
    path("invoices/<uuid:uuid>/dispute", disputes.record, name="invoice-dispute"),
    path("disputes/<uuid:uuid>/close", disputes.close, name="dispute-close"),
    path("recurring", recurring.index, name="recurring"),
    path("recurring/<uuid:uuid>", recurring.detail, name="recurring-detail"),
    path("recurring/<uuid:uuid>/edit", recurring.edit, name="recurring-edit"),
    re_path(
        r"^recurring/(?P<uuid>[0-9a-f-]{36})/(?P<action>pause|resume|end|run-now)$",
        recurring.step,
        name="recurring-step",
    ),
    path("credit-notes/<uuid:uuid>", credits.detail, name="credit-note-detail"),
    path("credit-notes/<uuid:uuid>/pdf", credits.pdf, name="credit-note-pdf"),
    path("credit-notes/<uuid:uuid>/void", credits.void, name="credit-note-void"),
]

_customers = [
    path("customers", customers.index, name="customers"),
    path("customers/new", customers.create, name="customer-create"),
    path("customers/options", pickers.customer_options, name="customer-options"),
    path("customers/<uuid:uuid>", customers.detail, name="customer-detail"),
    path("customers/<uuid:uuid>/edit", customers.edit, name="customer-edit"),
    path("customers/<uuid:uuid>/credit", customer_credit.allocate, name="customer-credit"),
    path("customers/<uuid:uuid>/credit/out", customer_credit.pay_out, name="customer-credit-out"),
    path("customers/<uuid:uuid>/reminders", reminders.of_customer, name="customer-reminders"),
    path(
        "customers/<uuid:uuid>/reminders/remove",
        reminders.as_organization,
        name="customer-reminders-remove",
    ),
    path("customers/<uuid:uuid>/late-fees", late_fees.of_customer, name="customer-late-fees"),
    path(
        "customers/<uuid:uuid>/late-fees/remove",
        late_fees.as_organization,
        name="customer-late-fees-remove",
    ),
    path("customers/<uuid:uuid>/portal", portal_staff.of_customer, name="customer-portal"),
    path("customers/<uuid:uuid>/portal/invite", portal_staff.invite, name="customer-invite"),
    path("customers/<uuid:uuid>/portal/out", portal_staff.sign_out, name="customer-portal-out"),
    path(
        "customers/<uuid:uuid>/portal/<uuid:remittance>/received",
        portal_staff.received,
        name="remittance-received",
    ),
    path(
        "customers/<uuid:uuid>/portal/<uuid:remittance>/closed",
        portal_staff.closed,
        name="remittance-closed",
    ),
    path("customers/<uuid:uuid>/archive", customers.archive, name="customer-archive"),
    path("customers/<uuid:uuid>/delete", customers.delete, name="customer-delete"),
    path("customers/<uuid:uuid>/contacts", customers.add_contact, name="customer-contact"),
    path(
        "customers/<uuid:uuid>/suppressions/<uuid:suppression>/lift",
        customers.lift,
        name="suppression-lift",
    ),
]

_catalogue = [
    path("products", catalogue.index, name="products"),
    path("products/new", catalogue.create, name="product-create"),
    path("products/options", pickers.product_options, name="product-options"),
    path("products/<uuid:uuid>", catalogue.edit, name="product-edit"),
    path("products/<uuid:uuid>/delete", catalogue.delete, name="product-delete"),
    path("taxes", catalogue.taxes, name="taxes"),
    path("taxes/new", catalogue.create_tax, name="tax-create"),
    path("taxes/<uuid:uuid>", catalogue.edit_tax, name="tax-edit"),
    path("taxes/<uuid:uuid>/delete", catalogue.delete_tax, name="tax-delete"),
]

_payments = [
    path("payments", payments.index, name="payments"),
    path("payments/<uuid:uuid>", payments.detail, name="payment-detail"),
    path("payments/<uuid:uuid>/receipt", payments.receipt, name="payment-receipt"),
    path("payments/<uuid:uuid>/refund", payments.refund, name="payment-refund"),
    path("payments/<uuid:uuid>/delete", payments.delete, name="payment-delete"),
    path("payments/<uuid:uuid>/settle", payments.settle, name="payment-settle"),
    path("quotes", quotes.index, name="quotes"),
    path("quotes/new", quote_editor.create, name="quote-create"),
    path("quotes/totals", quote_editor.totals, name="quote-totals"),
    path("quotes/<uuid:uuid>", quotes.detail, name="quote-detail"),
    path("quotes/<uuid:uuid>/edit", quote_editor.edit, name="quote-edit"),
    path("quotes/<uuid:uuid>/send", quote_editor.send, name="quote-send"),
    path("quotes/<uuid:uuid>/delete", quote_editor.delete, name="quote-delete"),
    path("quotes/<uuid:uuid>/pdf", quotes.pdf, name="quote-pdf"),
    path("quotes/<uuid:uuid>/convert", quotes.convert, name="quote-convert"),
    re_path(
        r"^quotes/(?P<uuid>[0-9a-f-]{36})/(?P<action>open|accept|decline)$",
        quotes.step,
        name="quote-step",
    ),
]

_support = [
    path("tickets", tickets.index, name="tickets"),
    path("tickets/new", tickets.create, name="ticket-create"),
    path("tickets/<uuid:uuid>", tickets.detail, name="ticket-detail"),
    path("tickets/<uuid:uuid>/reply", tickets.reply, name="ticket-reply"),
    path("tickets/<uuid:uuid>/delete", tickets.delete, name="ticket-delete"),
    re_path(
        r"^tickets/(?P<uuid>[0-9a-f-]{36})/(?P<action>close|reopen)$",
        tickets.step,
        name="ticket-step",
    ),
    path("leads", leads.index, name="leads"),
    path("leads/new", leads.create, name="lead-create"),
    path("leads/<uuid:uuid>", leads.detail, name="lead-detail"),
    path("leads/<uuid:uuid>/convert", leads.convert, name="lead-convert"),
    path("leads/<uuid:uuid>/delete", leads.delete, name="lead-delete"),
]

_books = [
    path("transactions", transactions.index, name="transactions"),
    path("transactions/new", transactions.create, name="transaction-create"),
    path("transactions/<uuid:uuid>", transactions.detail, name="transaction-detail"),
    path("transactions/<uuid:uuid>/delete", transactions.delete, name="transaction-delete"),
]

_reports = [
    path("reports", reports.index, name="reports"),
    path("reports/aging", report_pages.ageing, name="report-aging"),
    path("reports/cash-flow", report_pages.cash, name="report-cash-flow"),
    path("reports/sales", reports_sales.sales, name="report-sales"),
    path("reports/tax", reports_sales.tax, name="report-tax"),
    path("reports/payments", reports_sales.payments, name="report-payments"),
    path("customers/<uuid:uuid>/open-items", report_pages.open_items, name="customer-open-items"),
    path("customers/<uuid:uuid>/statement", report_pages.statement, name="customer-statement"),
]

_settings = [
    path("settings", settings.organization, name="settings"),
    path("settings/logo", settings.logo, name="logo"),
    path("settings/api-keys", settings.keys, name="api-keys"),
    path("settings/api-keys/<uuid:uuid>/revoke", settings.revoke_key, name="api-key-revoke"),
    path("settings/api-keys/<uuid:uuid>/rotate", settings.rotate_key, name="api-key-rotate"),
    path("settings/late-fees", late_fees.policy, name="late-fees"),
    path("settings/portal", portal_staff.portal_settings, name="portal-settings"),
    path("settings/reminders", reminders.policy, name="reminders"),
    path("settings/team", settings.team, name="team"),
    path("settings/team/<uuid:uuid>/role", settings.change_role, name="member-role"),
    path("settings/team/<uuid:uuid>/remove", settings.remove_member, name="member-remove"),
]

_desk = [
    re_path(r"^bulk/(?P<noun>invoices|customers|products)$", bulk.bulk, name="bulk"),
    path("search", search.search, name="search"),
    path("views/<slug:page>", saved_filters.save, name="view-save"),
    path("views/<uuid:uuid>/delete", saved_filters.delete, name="view-delete"),
    path("attachments/<uuid:uuid>", attachments.download, name="attachment"),
    path("attachments/<uuid:uuid>/delete", attachments.delete, name="attachment-delete"),
    path("invoices/<uuid:uuid>/attach", attachments.upload, name="attachment-upload"),
    path("invoices/<uuid:uuid>/write-off", invoice_repairs.write_off, name="invoice-write-off"),
    path("invoices/<uuid:uuid>/replace", invoice_repairs.replace, name="invoice-replace"),
    path("invoices/<uuid:uuid>/changes", invoice_repairs.versions, name="invoice-changes"),
    path("jobs", bulk.index, name="jobs"),
    path("jobs/<uuid:uuid>", bulk.detail, name="job"),
    path("jobs/<uuid:uuid>/file", bulk.file, name="job-file"),
    path("jobs/<uuid:uuid>/undo", bulk.undo, name="job-undo"),
]

_moving = [
    path("imports", imports.index, name="imports"),
    path("imports/examples/<slug:noun>.csv", imports.example_file, name="import-example"),
    path("imports/<uuid:uuid>", imports.report, name="import-report"),
    path("imports/<uuid:uuid>/columns", imports.columns, name="import-columns"),
    path("imports/<uuid:uuid>/run", imports.run, name="import-run"),
    path("imports/<uuid:uuid>/delete", imports.delete, name="import-delete"),
    path("imports/<uuid:uuid>/bad.csv", imports.bad, name="import-bad"),
]

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("theme", preferences.choose_theme, name="theme"),
    path("language", preferences.choose_language, name="language"),
    path("ui-kit", kit.ui_kit, name="ui-kit"),
    *_desk,
    *_invoices,
    *_customers,
    *_catalogue,
    *_payments,
    *_support,
    *_books,
    *_reports,
    *_settings,
    *_moving,
]
