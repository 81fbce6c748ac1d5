# shellcheck shell=bash
space left
space right
ip link add br0 type bridge
cable left left_inner host left_outer
cable right right_inner host right_outer
ip link set dev left_outer master br0
ip link set dev right_outer master br0
ip link set dev br0 up
ip -n left address add 10.0.1.1/24 dev left_inner
ip -n right address add 10.0.0.1/24 dev right_inner
ip -n left route add 10.0.0.0/24 dev left_inner
ip -n right route add 10.0.1.0/24 dev right_inner
