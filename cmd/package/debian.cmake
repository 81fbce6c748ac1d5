# What Debian's policy wants of a package beyond the files that `cmake --install` puts in place:
# changelogs and manual pages compressed, the licence as `copyright`, a changelog of the packaging,
# completion where its zsh looks.

set(share "${CPACK_TEMPORARY_DIRECTORY}/usr/share")
set(doc "${share}/doc/topoc")

file(READ "${doc}/LICENSE" licence)
if(NOT licence MATCHES "Copyright \\(c\\) ([^\n]+)\n\n(.*[^\n])\n*$")
    message(FATAL_ERROR "LICENSE does not say whose copyright it is")
endif()
set(holder "${CMAKE_MATCH_1}")
string(REPLACE "\n\n" "\n.\n" licence "${CMAKE_MATCH_2}")
string(REPLACE "\n" "\n " licence "${licence}")
file(WRITE "${doc}/copyright"
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: topoc

Files: *
Copyright: ${holder}
License: Expat
 ${licence}
")
file(REMOVE "${doc}/LICENSE")

file(RENAME "${doc}/CHANGELOG.md" "${doc}/changelog")
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH where that is set
file(WRITE "${doc}/changelog.Debian"
"topoc (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Packaged by CPack; changelog.gz says what is new.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")

file(WRITE "${share}/lintian/overrides/topoc"
"# The licence names no year.
topoc: copyright-without-copyright-notice
# It is no upload to Debian.
topoc: initial-upload-closes-no-bugs
")

# Debian's zsh looks in site-functions below /usr/local only.
file(MAKE_DIRECTORY "${share}/zsh/vendor-completions")
file(RENAME "${share}/zsh/site-functions/_topoc" "${share}/zsh/vendor-completions/_topoc")
file(REMOVE_RECURSE "${share}/zsh/site-functions")

file(GLOB_RECURSE pages "${share}/man/*")
execute_process(COMMAND gzip -9n "${doc}/changelog" "${doc}/changelog.Debian" ${pages}
    RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "gzip cannot compress the changelogs and manual pages")
endif()
