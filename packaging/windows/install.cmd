@echo off
rem Installs henrei into this folder: no network, no administrator, no registry. How: README.txt
setlocal EnableExtensions DisableDelayedExpansion
set "HERE=%~dp0"
set "ZIP="
if exist "%HERE%python\python.exe" goto embedded
pushd "%HERE%"
for %%Z in (python-3.11.*-embed-amd64.zip python-3.12.*-embed-amd64.zip python-3.13.*-embed-amd64.zip) do set "ZIP=%%Z"
popd
if not defined ZIP goto installed

rem tar.exe is part of Windows 10 (1803) and later; unlike PowerShell no policy switches it off.
rem Only names without a path are given to it: it need not understand the names of the folders above.
mkdir "%HERE%python"
pushd "%HERE%python"
"%SystemRoot%\System32\tar.exe" -xf "..\%ZIP%"
popd
if exist "%HERE%python\python.exe" goto embedded
echo Could not unpack %ZIP%. Unpack it by hand into the folder "python" here and start install.cmd again.
goto failed

:embedded
"%HERE%python\python.exe" "%HERE%install.py"
if errorlevel 1 goto failed
goto done

:installed
set "PYVERSION="
for %%V in (3.11 3.12 3.13) do (
  py -%%V -c "" >nul 2>nul
  if not errorlevel 1 set "PYVERSION=%%V"
)
if not defined PYVERSION goto nopython
py -%PYVERSION% "%HERE%install.py"
if errorlevel 1 goto failed
goto done

:nopython
echo No Python 3.11-3.13 found. Put python-3.13.x-embed-amd64.zip beside install.cmd. See README.txt.
:failed
pause
exit /b 2
:done
pause
exit /b 0
