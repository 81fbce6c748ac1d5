# Run by cpack when the files of a package are in place, for each format.

if(CPACK_GENERATOR STREQUAL DEB)
    include("${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
endif()

# Modes are the same whatever the umask was, and no file is newer than the sources say.
execute_process(COMMAND chmod -R u=rwX,go=rX "${CPACK_TEMPORARY_DIRECTORY}" RESULT_VARIABLE failed)
if(NOT failed AND DEFINED ENV{SOURCE_DATE_EPOCH})
    execute_process(COMMAND find "${CPACK_TEMPORARY_DIRECTORY}"
        -exec touch --no-dereference "--date=@$ENV{SOURCE_DATE_EPOCH}" "{}" +
        RESULT_VARIABLE failed)
endif()
if(failed)
    message(FATAL_ERROR "cannot set modes and times in ${CPACK_TEMPORARY_DIRECTORY}")
endif()
