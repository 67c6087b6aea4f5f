// Basic invoice creation
const createInvoice = async (invoiceData) => {
  try {
    const response = await fetch('https://api.devdraft.com/api/v0/invoices', {
      method: 'POST',
      headers: {
        'x-client-key': 'YOUR_CLIENT_KEY',
        'x-client-secret': 'YOUR_CLIENT_SECRET',
        'x-idempotency-key': generateUUID(),
        'Content-Type': 'application/json'
      },
      body: JSON.stringify(invoiceData)
    });

    if (!response.ok) {
      throw new Error(`HTTP error! status: ${response.status}`);
    }

    const invoice = await response.json();
    return invoice;
  } catch (error) {
    console.error('Error creating invoice:', error);
    throw error;
  }
};

// Invoice builder utility
class InvoiceBuilder {
  constructor() {
    this.invoice = {
      items: [],
      payment_methods: [],
      payment_link: true,
      partial_payment: false,
      delivery: 'EMAIL',
      status: 'DRAFT'
    };
  }

  setBasicInfo(name, email, customerId, walletId) {
    this.invoice.name = name;
    this.invoice.email = email;
    this.invoice.customer_id = customerId;
    this.invoice.walletId = walletId;
    return this;
  }

  setDueDate(dueDate) {
    this.invoice.due_date = dueDate;
    return this;
  }

  addItem(productId, quantity) {
    this.invoice.items.push({
      product_id: productId,
      quantity: quantity
    });
    return this;
  }

  setPaymentMethods(methods) {
    this.invoice.payment_methods = methods;
    return this;
  }

  setDelivery(method) {
    this.invoice.delivery = method;
    return this;
  }

  setStatus(status) {
    this.invoice.status = status;
    return this;
  }

  enablePartialPayments() {
    this.invoice.partial_payment = true;
    return this;
  }

  addCustomerDetails(address, phoneNumber) {
    if (address) this.invoice.address = address;
    if (phoneNumber) this.invoice.phone_number = phoneNumber;
    return this;
  }

  setLogo(logoUrl) {
    this.invoice.logo = logoUrl;
    return this;
  }

  async create() {
    return await createInvoice(this.invoice);
  }
}

// Usage examples
try {
  // Using the builder pattern
  const invoice = await new InvoiceBuilder()
    .setBasicInfo(
      'Web Development Services',
      'client@example.com',
      '550e8400-e29b-41d4-a716-446655440000',
      'abcd1234-5678-90ef-ghij-klmnopqrstuv'
    )
    .setDueDate('2024-02-15')
    .addItem('prod_web_dev_001', 1)
    .addItem('prod_hosting_001', 12)
    .setPaymentMethods(['CRYPTO', 'BANK_TRANSFER'])
    .setStatus('OPEN')
    .enablePartialPayments()
    .addCustomerDetails('123 Business St, City, State', '+1-555-123-4567')
    .create();

  console.log('Invoice created:', invoice.invoice_number);

  // Direct object creation
  const quickInvoice = await createInvoice({
    name: 'Monthly Subscription',
    email: 'subscriber@example.com',
    customer_id: '550e8400-e29b-41d4-a716-446655440000',
    walletId: 'abcd1234-5678-90ef-ghij-klmnopqrstuv',
    items: [{ product_id: 'prod_subscription_001', quantity: 1 }],
    due_date: '2024-02-01',
    delivery: 'EMAIL',
    payment_link: true,
    payment_methods: ['CRYPTO'],
    status: 'OPEN',
    partial_payment: false
  });

  console.log('Quick invoice created:', quickInvoice.invoice_number);
} catch (error) {
  console.error('Invoice creation failed:', error);
}

// Create recurring invoices with template
const createRecurringInvoice = async (templateData, scheduleOptions) => {
  const { frequency, count, startDate } = scheduleOptions;
  const invoices = [];
  
  for (let i = 0; i < count; i++) {
    const dueDate = new Date(startDate);
    
    switch (frequency) {
      case 'MONTHLY':
        dueDate.setMonth(dueDate.getMonth() + i);
        break;
      case 'QUARTERLY':
        dueDate.setMonth(dueDate.getMonth() + (i * 3));
        break;
      case 'ANNUALLY':
        dueDate.setFullYear(dueDate.getFullYear() + i);
        break;
    }
    
    const invoiceData = {
      ...templateData,
      name: `${templateData.name} - ${dueDate.toISOString().slice(0, 7)}`,
      due_date: dueDate.toISOString().slice(0, 10),
      send_date: new Date(dueDate.getTime() - (7 * 24 * 60 * 60 * 1000))
        .toISOString().slice(0, 10) // 7 days before due date
    };
    
    try {
      const invoice = await createInvoice(invoiceData);
      invoices.push(invoice);
    } catch (error) {
      console.error(`Failed to create invoice ${i + 1}:`, error);
    }
  }
  
  return invoices;
};

// Usage
const recurringInvoices = await createRecurringInvoice({
  name: 'Monthly Subscription',
  email: 'client@example.com',
  customer_id: '550e8400-e29b-41d4-a716-446655440000',
  walletId: 'abcd1234-5678-90ef-ghij-klmnopqrstuv',
  items: [{ product_id: 'prod_subscription_001', quantity: 1 }],
  delivery: 'EMAIL',
  payment_link: true,
  payment_methods: ['CRYPTO'],
  status: 'DRAFT', // Will be updated to OPEN when sent
  partial_payment: false
}, {
  frequency: 'MONTHLY',
  count: 12,
  startDate: '2024-02-01'
});


// Create multiple invoices for different customers
const createBulkInvoices = async (invoiceList) => {
  const results = [];
  const batchSize = 10;
  
  for (let i = 0; i < invoiceList.length; i += batchSize) {
    const batch = invoiceList.slice(i, i + batchSize);
    
    const batchPromises = batch.map(async (invoiceData, index) => {
      try {
        const invoice = await createInvoice(invoiceData);
        return { success: true, invoice, originalIndex: i + index };
      } catch (error) {
        return { 
          success: false, 
          error: error.message, 
          originalIndex: i + index,
          data: invoiceData 
        };
      }
    });
    
    const batchResults = await Promise.all(batchPromises);
    results.push(...batchResults);
    
    // Rate limiting delay
    if (i + batchSize < invoiceList.length) {
      await new Promise(resolve => setTimeout(resolve, 1000));
    }
  }
  
  return {
    successful: results.filter(r => r.success),
    failed: results.filter(r => !r.success),
    summary: {
      total: invoiceList.length,
      successful: results.filter(r => r.success).length,
      failed: results.filter(r => !r.success).length
    }
  };
};


// Predefined invoice templates
const invoiceTemplates = {
  consulting: {
    name: 'Consulting Services Invoice',
    payment_methods: ['CRYPTO', 'BANK_TRANSFER'],
    delivery: 'EMAIL',
    payment_link: true,
    partial_payment: true,
    status: 'OPEN'
  },
  
  subscription: {
    name: 'Monthly Subscription',
    payment_methods: ['CRYPTO'],
    delivery: 'EMAIL',
    payment_link: true,
    partial_payment: false,
    status: 'OPEN'
  },
  
  oneTime: {
    name: 'One-time Service',
    payment_methods: ['CRYPTO', 'BANK_TRANSFER'],
    delivery: 'EMAIL',
    payment_link: true,
    partial_payment: false,
    status: 'OPEN'
  }
};

const createFromTemplate = async (templateName, customData) => {
  const template = invoiceTemplates[templateName];
  if (!template) {
    throw new Error(`Template '${templateName}' not found`);
  }
  
  const invoiceData = {
    ...template,
    ...customData,
    // Ensure required fields are present
    items: customData.items || [],
    due_date: customData.due_date || 
      new Date(Date.now() + 30 * 24 * 60 * 60 * 1000)
        .toISOString().slice(0, 10)
  };
  
  return await createInvoice(invoiceData);
};


// Validate invoice data before creation
const validateInvoiceData = (invoiceData) => {
  const errors = [];
  
  // Required field validation
  const required = ['name', 'email', 'customer_id', 'walletId', 'items', 'due_date'];
  required.forEach(field => {
    if (!invoiceData[field]) {
      errors.push(`${field} is required`);
    }
  });
  
  // Date validation
  if (invoiceData.due_date) {
    const dueDate = new Date(invoiceData.due_date);
    if (dueDate < new Date()) {
      errors.push('Due date cannot be in the past');
    }
  }
  
  if (invoiceData.send_date && invoiceData.due_date) {
    const sendDate = new Date(invoiceData.send_date);
    const dueDate = new Date(invoiceData.due_date);
    if (sendDate > dueDate) {
      errors.push('Send date cannot be after due date');
    }
  }
  
  // Items validation
  if (invoiceData.items && invoiceData.items.length === 0) {
    errors.push('At least one item is required');
  }
  
  // Email validation
  if (invoiceData.email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(invoiceData.email)) {
    errors.push('Invalid email format');
  }
  
  return {
    isValid: errors.length === 0,
    errors
  };
};

// Preview invoice calculations
const previewInvoice = async (invoiceData) => {
  const validation = validateInvoiceData(invoiceData);
  if (!validation.isValid) {
    return { error: 'Validation failed', errors: validation.errors };
  }
  
  // Calculate totals (simplified - actual calculation would involve API calls)
  let subtotal = 0;
  const itemDetails = [];
  
  for (const item of invoiceData.items) {
    // In real implementation, fetch product details
    const product = await fetchProduct(item.product_id);
    const lineTotal = product.price * item.quantity;
    
    itemDetails.push({
      product: product.name,
      quantity: item.quantity,
      unitPrice: product.price,
      lineTotal
    });
    
    subtotal += lineTotal;
  }
  
  // Calculate tax if applicable
  let taxAmount = 0;
  if (invoiceData.taxId) {
    const tax = await fetchTax(invoiceData.taxId);
    taxAmount = subtotal * (tax.rate / 100);
  }
  
  const total = subtotal + taxAmount;
  
  return {
    preview: {
      subtotal,
      taxAmount,
      total,
      items: itemDetails,
      dueDate: invoiceData.due_date,
      paymentMethods: invoiceData.payment_methods
    },
    validation
  };
};

// Robust invoice creation with retry
const createInvoiceWithRetry = async (invoiceData, maxRetries = 3) => {
  let lastError;
  
  for (let attempt = 1; attempt <= maxRetries; attempt++) {
    try {
      return await createInvoice(invoiceData);
    } catch (error) {
      lastError = error;
      
      // Don't retry for validation errors
      if (error.message.includes('400') || error.message.includes('404')) {
        throw error;
      }
      
      // Exponential backoff for retryable errors
      const delay = Math.pow(2, attempt) * 1000;
      console.warn(`Invoice creation attempt ${attempt} failed, retrying in ${delay}ms...`);
      await new Promise(resolve => setTimeout(resolve, delay));
    }
  }
  
  throw new Error(`Invoice creation failed after ${maxRetries} attempts: ${lastError.message}`);
};


// Handle invoice events via webhooks
const handleInvoiceWebhook = (webhookData) => {
  const { event, invoice } = webhookData;
  
  switch (event) {
    case 'invoice.created':
      console.log(`Invoice ${invoice.invoice_number} created`);
      // Update internal systems
      updateCRM(invoice);
      break;
      
    case 'invoice.paid':
      console.log(`Invoice ${invoice.invoice_number} paid`);
      // Fulfill services
      fulfillOrder(invoice);
      break;
      
    case 'invoice.overdue':
      console.log(`Invoice ${invoice.invoice_number} is overdue`);
      // Send reminder
      sendOverdueReminder(invoice);
      break;
  }
};
