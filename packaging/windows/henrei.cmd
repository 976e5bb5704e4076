@echo off
rem Starts henrei out of this folder, wherever it lies. Without arguments: the menu.
rem The work folder is HENREI_HOME, else "work" in this folder.
setlocal EnableExtensions DisableDelayedExpansion
set "HERE=%~dp0"
if not defined HENREI_HOME set "HENREI_HOME=%HERE%work"
set "PY=%HERE%python\python.exe"
if not exist "%PY%" set "PY=%HERE%venv\Scripts\python.exe"
if not exist "%PY%" goto missing
if "%~1"=="" goto menu
"%PY%" -P -X utf8 -m henrei %*
exit /b %ERRORLEVEL%

:menu
"%PY%" -P -X utf8 -m henrei menu
if errorlevel 1 pause
exit /b %ERRORLEVEL%

:missing
echo henrei is not installed yet. Start install.cmd first. See README.txt.
pause
exit /b 2
