// SPDX-License-Identifier: GPL-2.0
/* Goes wrong in the way that is written to /proc/misdeed, each in a function that a verdict can name. */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <asm/desc.h>

static noinline void misdeed_panic(void)
{
	panic("misdeed: as it was asked to");
}

static noinline void misdeed_null(void)
{
	*(volatile int *)8 = 1;
	barrier();
}

static noinline void misdeed_protection(void)
{
	*(volatile int *)0xdead000000000100ul = 1;
	barrier();
}

static noinline void misdeed_bug(void)
{
	BUG();
}

static noinline void misdeed_warn(void)
{
	WARN(1, "misdeed: %s\n", "a warning");
}

static int seconds = 60;
module_param(seconds, int, 0600);

/* For as long as its parameter says. */
static noinline void misdeed_spin(void)
{
	unsigned long end = jiffies + seconds * HZ;

	while (time_before(jiffies, end))
		cpu_relax();
}

static noinline void misdeed_softlockup(void)
{
	preempt_disable();
	misdeed_spin();
	preempt_enable();
}

static noinline void misdeed_rcu(void)
{
	rcu_read_lock();
	preempt_disable();
	misdeed_spin();
	preempt_enable();
	rcu_read_unlock();
}

static noinline int misdeed_sleep(void *nothing)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	return 0;
}

static noinline void misdeed_hung(void)
{
	kthread_run(misdeed_sleep, NULL, "misdeed-hung");
}

static noinline void misdeed_irqs_off(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

static noinline void misdeed_triple(void)
{
	struct desc_ptr none = { 0, 0 };

	load_idt(&none);
	asm volatile("int3");
}

static const struct {
	const char *name;
	void (*deed)(void);
} misdeeds[] = {
	{ "panic", misdeed_panic },
	{ "null", misdeed_null },
	{ "protection", misdeed_protection },
	{ "bug", misdeed_bug },
	{ "warn", misdeed_warn },
	{ "softlockup", misdeed_softlockup },
	{ "rcu", misdeed_rcu },
	{ "hung", misdeed_hung },
	{ "irqs-off", misdeed_irqs_off },
	{ "triple", misdeed_triple },
};

/* A file of /proc: it is written with no lock held, which an oops would keep. */
static ssize_t provoke(struct file *file, const char __user *from, size_t count, loff_t *at)
{
	char word[16] = "";
	int i;

	if (copy_from_user(word, from, min(count, sizeof(word) - 1)))
		return -EFAULT;
	for (i = 0; i < ARRAY_SIZE(misdeeds); i++) {
		if (sysfs_streq(word, misdeeds[i].name)) {
			misdeeds[i].deed();
			return count;
		}
	}
	return -EINVAL;
}

static const struct proc_ops provoke_ops = { .proc_write = provoke };

static int __init misdeed_init(void)
{
	return proc_create("misdeed", 0200, NULL, &provoke_ops) ? 0 : -ENOMEM;
}
module_init(misdeed_init);
MODULE_DESCRIPTION("Goes wrong on purpose");
MODULE_LICENSE("GPL");
