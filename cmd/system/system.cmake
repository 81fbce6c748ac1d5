# Files by which other programs know what is topoc's.

install(FILES cmd/system/70-topoc.rules DESTINATION lib/udev/rules.d)
install(FILES cmd/system/00-topoc.link cmd/system/00-topoc.network
    DESTINATION lib/systemd/network)

# iproute2: the protocol of topoc's routes (`rt_protos.d`) and addresses (`rt_addrprotos.d`, which it
# reads since 6.13). The number is the one in parser/kinds.h.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS parser/kinds.h)
file(STRINGS parser/kinds.h number REGEX "TOPOC_PROTOCOL = 0x[0-9a-f]+,")
if(NOT number MATCHES "0x[0-9a-f]+")
    message(FATAL_ERROR "parser/kinds.h says no number for TOPOC_PROTOCOL")
endif()
math(EXPR number "${CMAKE_MATCH_0}")
configure_file(cmd/system/protocol.conf.in "${PROJECT_BINARY_DIR}/iproute2/topoc.conf" @ONLY)

# It looks in /etc whatever the prefix is, so that is where the files of a prefix in /usr go.
install(CODE "set(protocol \"${PROJECT_BINARY_DIR}/iproute2/topoc.conf\")")
install(CODE [[
set(etc "${CMAKE_INSTALL_PREFIX}/etc")
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/*$")
    set(etc /etc)
endif()
foreach(names rt_protos.d rt_addrprotos.d)
    file(INSTALL "${protocol}" DESTINATION "${etc}/iproute2/${names}")
endforeach()
]])
