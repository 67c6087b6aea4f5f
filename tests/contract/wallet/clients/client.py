import requests
import json
import uuid
from datetime import datetime, timedelta

def create_invoice(invoice_data, client_key, client_secret):
    """Create a new invoice"""
    url = "https://api.devdraft.com/api/v0/invoices"
    
    headers = {
        'x-client-key': client_key,
        'x-client-secret': client_secret,
        'x-idempotency-key': str(uuid.uuid4()),
        'Content-Type': 'application/json'
    }
    
    try:
        response = requests.post(url, headers=headers, json=invoice_data)
        response.raise_for_status()
        return response.json()
    except requests.exceptions.RequestException as e:
        raise Exception(f"Failed to create invoice: {e}")

class InvoiceBuilder:
    """Invoice builder for easier invoice creation"""
    
    def __init__(self):
        self.invoice = {
            'items': [],
            'payment_methods': [],
            'payment_link': True,
            'partial_payment': False,
            'delivery': 'EMAIL',
            'status': 'DRAFT'
        }
    
    def set_basic_info(self, name, email, customer_id, wallet_id):
        self.invoice.update({
            'name': name,
            'email': email,
            'customer_id': customer_id,
            'walletId': wallet_id
        })
        return self
    
    def set_due_date(self, days_from_now=30):
        due_date = datetime.now() + timedelta(days=days_from_now)
        self.invoice['due_date'] = due_date.strftime('%Y-%m-%d')
        return self
    
    def add_item(self, product_id, quantity):
        self.invoice['items'].append({
            'product_id': product_id,
            'quantity': quantity
        })
        return self
    
    def set_payment_methods(self, methods):
        self.invoice['payment_methods'] = methods
        return self
    
    def set_status(self, status):
        self.invoice['status'] = status
        return self
    
    def enable_partial_payments(self):
        self.invoice['partial_payment'] = True
        return self
    
    def add_customer_details(self, address=None, phone_number=None):
        if address:
            self.invoice['address'] = address
        if phone_number:
            self.invoice['phone_number'] = phone_number
        return self
    
    def create(self, client_key, client_secret):
        return create_invoice(self.invoice, client_key, client_secret)

# Usage examples
try:
    # Using builder pattern
    invoice = (InvoiceBuilder()
               .set_basic_info(
                   "Consulting Services",
                   "client@example.com",
                   "550e8400-e29b-41d4-a716-446655440000",
                   "abcd1234-5678-90ef-ghij-klmnopqrstuv"
               )
               .set_due_date(30)
               .add_item("prod_consulting_001", 20)
               .add_item("prod_analysis_001", 1)
               .set_payment_methods(["CRYPTO", "BANK_TRANSFER"])
               .set_status("OPEN")
               .enable_partial_payments()
               .add_customer_details("123 Business Ave", "+1-555-123-4567")
               .create("YOUR_CLIENT_KEY", "YOUR_CLIENT_SECRET"))
    
    print(f"Invoice created: {invoice['invoice_number']}")
    
    # Direct creation
    simple_invoice = create_invoice({
        'name': 'Software License',
        'email': 'customer@example.com',
        'customer_id': '550e8400-e29b-41d4-a716-446655440000',
        'walletId': 'abcd1234-5678-90ef-ghij-klmnopqrstuv',
        'items': [{'product_id': 'prod_license_001', 'quantity': 1}],
        'due_date': '2024-02-15',
        'delivery': 'EMAIL',
        'payment_link': True,
        'payment_methods': ['CRYPTO'],
        'status': 'OPEN',
        'partial_payment': False
    }, "YOUR_CLIENT_KEY", "YOUR_CLIENT_SECRET")
    
    print(f"Simple invoice created: {simple_invoice['invoice_number']}")
    
except Exception as e:
    print(f"Error: {e}")
