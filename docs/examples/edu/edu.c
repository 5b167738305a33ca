// SPDX-License-Identifier: GPL-2.0
/* /dev/edu: what is written to it goes into the card's memory by DMA, and what is read from it comes from there. */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/uaccess.h>

#define STATUS 0x24
#define ACKNOWLEDGE 0x64
#define SOURCE 0x80
#define DESTINATION 0x88
#define LENGTH 0x90
#define COMMAND 0x98
#define START 1
#define FROM_CARD 2
#define CARD_MEMORY 0x40000
#define BYTES 4096

static void __iomem *registers;
static void *buffer;
static dma_addr_t buffer_address;
static DECLARE_COMPLETION(done);
static DEFINE_MUTEX(lock);

static irqreturn_t interrupt(int irq, void *device)
{
	u32 status = ioread32(registers + STATUS);

	if (!status)
		return IRQ_NONE;
	iowrite32(status, registers + ACKNOWLEDGE);
	complete(&done);
	return IRQ_HANDLED;
}

static int transfer(bool from_card, size_t length)
{
	reinit_completion(&done);
	writeq(from_card ? CARD_MEMORY : buffer_address, registers + SOURCE);
	writeq(from_card ? buffer_address : CARD_MEMORY, registers + DESTINATION);
	writeq(length, registers + LENGTH);
	writeq(START | (from_card ? FROM_CARD : 0), registers + COMMAND);
	return 0;
}

static ssize_t edu_write(struct file *file, const char __user *from, size_t length, loff_t *at)
{
	ssize_t result = min_t(size_t, length, BYTES);

	mutex_lock(&lock);
	memset(buffer, 0, BYTES);
	if (copy_from_user(buffer, from, result))
		result = -EFAULT;
	else if (transfer(false, BYTES))
		result = -EIO;
	mutex_unlock(&lock);
	return result;
}

static ssize_t edu_read(struct file *file, char __user *to, size_t length, loff_t *at)
{
	ssize_t result = *at < BYTES ? min_t(size_t, length, BYTES - *at) : 0;

	mutex_lock(&lock);
	memset(buffer, 0, BYTES);
	if (result && transfer(true, BYTES))
		result = -EIO;
	else if (copy_to_user(to, buffer + *at, result))
		result = -EFAULT;
	else
		*at += result;
	mutex_unlock(&lock);
	return result;
}

static const struct file_operations operations = {.owner = THIS_MODULE, .read = edu_read, .write = edu_write};
static struct miscdevice node = {.minor = MISC_DYNAMIC_MINOR, .name = "edu", .fops = &operations};

static int probe(struct pci_dev *card, const struct pci_device_id *id)
{
	int error = pcim_enable_device(card);

	error = error ?: pcim_iomap_regions(card, BIT(0), "edu");
	error = error ?: dma_set_mask_and_coherent(&card->dev, DMA_BIT_MASK(64));
	if (error)
		return error;
	registers = pcim_iomap_table(card)[0];
	buffer = dmam_alloc_coherent(&card->dev, BYTES, &buffer_address, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	pci_set_master(card);
	error = pci_alloc_irq_vectors(card, 1, 1, PCI_IRQ_ALL_TYPES);
	if (error < 0)
		return error;
	error = request_irq(pci_irq_vector(card, 0), interrupt, IRQF_SHARED, "edu", card);
	error = error ?: misc_register(&node);
	return error;
}

static void remove(struct pci_dev *card)
{
	misc_deregister(&node);
	free_irq(pci_irq_vector(card, 0), card);
	pci_free_irq_vectors(card);
}

static const struct pci_device_id cards[] = {{PCI_DEVICE(0x1234, 0x11e8)}, {}};
MODULE_DEVICE_TABLE(pci, cards);

static struct pci_driver edu = {.name = "edu", .id_table = cards, .probe = probe, .remove = remove};
module_pci_driver(edu);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("The driver of the walk in Ballast's docs/driver-testing.md");
