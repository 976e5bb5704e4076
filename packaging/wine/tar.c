/* tar.exe, which Windows 10 has and Wine lacks: `tar.exe -xf ARCHIVE` unpacks a zip into the current folder, through the
   Python of this machine. Wine does not wait for such a program: it says by a file how it ended. */
#include <process.h>
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

int wmain(int count, wchar_t **given)
{
    static const wchar_t *unpack = L"\"python3 -m zipfile -e $0 . ; echo $? > tar.part; mv tar.part tar.end\"";
    wchar_t archive[300];
    FILE *end = NULL;
    int status = 2;
    if (count != 3 || wcscmp(given[1], L"-xf") || swprintf(archive, 300, L"%ls", given[2]) < 0)
        return status;
    for (wchar_t *letter = archive; *letter; letter++)
        if (*letter == L'\\')
            *letter = L'/';
    _wspawnl(_P_NOWAIT, L"Z:\\bin\\sh", L"sh", L"-c", unpack, archive, NULL);
    for (int tenths = 0; !end && tenths < 600; tenths++) {
        Sleep(100);
        end = fopen("tar.end", "r");
    }
    if (end) {
        fscanf(end, "%d", &status);
        fclose(end);
        remove("tar.end");
    }
    return status;
}
