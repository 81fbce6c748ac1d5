/* <linux/if_addr.h>, with what Linux 5.18 added to it where the headers are older. */
#ifndef TOPOC_EXECUTOR_IF_ADDR_H
#define TOPOC_EXECUTOR_IF_ADDR_H

#include <linux/if_addr.h>

#ifndef IFAPROT_UNSPEC
#define IFA_PROTO         11 /* u8: who added the address */
#define IFAPROT_KERNEL_LO 1
#define IFAPROT_KERNEL_RA 2
#define IFAPROT_KERNEL_LL 3
#endif

#endif
