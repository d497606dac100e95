// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: an SD-WAN edge in the kernel
 */
#include <linux/module.h>

static int __init sdwan_init(void)
{
	return 0;
}

static void __exit sdwan_exit(void)
{
}

module_init(sdwan_init);
module_exit(sdwan_exit);

MODULE_DESCRIPTION("SD-WAN edge: overlay segments over several WANs");
MODULE_LICENSE("GPL");
