# Read by cpack before each format that it makes.

if(CPACK_GENERATOR MATCHES "^(DEB|RPM)$")
    set(CPACK_SET_DESTDIR ON) # so that what belongs in /etc is not put below the prefix
    set(CPACK_INSTALL_PREFIX /usr)
endif()
