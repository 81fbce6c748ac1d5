# Packages: `cpack` in the build directory makes a .deb, an .rpm and a tarball to unpack anywhere, each
# where its tools are; `cpack --config CPackSourceConfig.cmake` one of the sources.

set(CPACK_PACKAGE_NAME topoc)
set(CPACK_PACKAGE_VENDOR "topoc contributors")
set(CPACK_PACKAGE_CONTACT "topoc contributors <contributors@topoc.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "declarative network topologies out of namespaces")
set(CPACK_PACKAGE_DESCRIPTION
"topoc compiles a YAML file that says which network namespaces, cables, bridges,
addresses and routes must exist. It compares the file with the live kernel and
does the difference, all of it or nothing, so that the same command builds a
lab, changes it and repairs what a hand has changed. It speaks netlink to the
kernel and needs no daemon.")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
string(TOLOWER "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}" CPACK_SYSTEM_NAME)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_SOURCE_DIR}/cmd/package/format.cmake")
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/cmd/package/stage.cmake")

set(CPACK_GENERATOR TGZ)
find_program(TOPOC_DPKG dpkg-shlibdeps)
find_program(TOPOC_RPM rpmbuild)
mark_as_advanced(TOPOC_DPKG TOPOC_RPM)
if(TOPOC_DPKG)
    list(APPEND CPACK_GENERATOR DEB)
endif()
if(TOPOC_RPM AND NOT PROJECT_BINARY_DIR MATCHES " ") # which rpmbuild cannot do
    list(APPEND CPACK_GENERATOR RPM)
endif()

set(settings /etc/iproute2/rt_addrprotos.d/topoc.conf /etc/iproute2/rt_protos.d/topoc.conf)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS iproute2)
# Older ones do not know Property=, and might take 00-topoc.link for every device's.
set(CPACK_DEBIAN_PACKAGE_BREAKS "udev (<< 243), systemd (<< 243)")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
string(REPLACE ";" "\n" conffiles "${settings}")
file(WRITE "${PROJECT_BINARY_DIR}/debian/conffiles" "${conffiles}\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_BINARY_DIR}/debian/conffiles")
foreach(script postinst postrm)
    configure_file(cmd/package/reload "${PROJECT_BINARY_DIR}/debian/${script}" COPYONLY)
    list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_BINARY_DIR}/debian/${script}")
endforeach()
set(CPACK_RPM_POST_INSTALL_SCRIPT_FILE "${PROJECT_SOURCE_DIR}/cmd/package/reload")
set(CPACK_RPM_POST_UNINSTALL_SCRIPT_FILE "${PROJECT_SOURCE_DIR}/cmd/package/reload")

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_PACKAGE_CONFLICTS "systemd < 243")
set(CPACK_RPM_SPEC_MORE_DEFINE
"%define _build_id_links none
%define _buildhost localhost
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1")
list(TRANSFORM settings PREPEND "%config(noreplace) " OUTPUT_VARIABLE CPACK_RPM_USER_FILELIST)
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION # which are other packages'
    /etc/iproute2 /etc/iproute2/rt_addrprotos.d /etc/iproute2/rt_protos.d
    /usr/lib/systemd /usr/lib/systemd/network /usr/lib/udev /usr/lib/udev/rules.d
    /usr/share/man /usr/share/man/man1 /usr/share/man/man5
    /usr/share/bash-completion /usr/share/bash-completion/completions
    /usr/share/fish /usr/share/fish/vendor_completions.d
    /usr/share/zsh /usr/share/zsh/site-functions /usr/share/zsh/vendor-completions)

set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME "topoc-${PROJECT_VERSION}")
set(CPACK_SOURCE_IGNORE_FILES "/\\.git(/|$)" "/\\.build/" "/build[^/]*/" "/\\.cache/")

include(CPack)
