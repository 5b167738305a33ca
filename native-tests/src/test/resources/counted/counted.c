// SPDX-License-Identifier: GPL-2.0
/* Doubles what is written to /sys/module/counted/parameters/number, unless that is negative. */
#include <linux/module.h>
#include <linux/moduleparam.h>

static int doubled;

static int counted_set(const char *text, const struct kernel_param *param)
{
	int number;
	int error = kstrtoint(text, 0, &number);

	if (error)
		return error;
	if (number < 0) {
		pr_notice("counted: a number must not be negative\n");
		return -ERANGE;
	}
	doubled = 2 * number;
	return 0;
}

static int counted_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%d\n", doubled);
}

static const struct kernel_param_ops counted_ops = { .set = counted_set, .get = counted_get };
module_param_cb(number, &counted_ops, NULL, 0600);

static int __init counted_init(void)
{
	return 0;
}
module_init(counted_init);

static void __exit counted_exit(void)
{
}
module_exit(counted_exit);
MODULE_LICENSE("GPL");
