"""O que o _xlwindows.py do xlwings precisa de importar, num Linux: usam-no os achados do xlwings para Windows."""

import builtins
import ctypes
import sys
from datetime import datetime
from unittest.mock import MagicMock

Com = type("Com", (), {})
ErroDoCom = type("ErroDoCom", (Exception,), {"hresult": property(lambda erro: erro.args[0])})
_classes = dict.fromkeys(("CDispatch", "CoClassBaseClass", "DispatchBaseClass"), Com)
for _nome in ("win32api", "win32con", "win32gui", "win32process", "win32timezone", "win32com", "xlwings._win32patch"):
    sys.modules[_nome] = MagicMock(**_classes)
sys.modules["win32com.client"] = sys.modules["win32com"].client = MagicMock(**_classes)
sys.modules["pythoncom"] = MagicMock(ole_error=ErroDoCom, __file__="")
sys.modules["pywintypes"] = MagicMock(com_error=ErroDoCom, error=ErroDoCom, TimeType=datetime)
builtins.WindowsError = OSError
ctypes.PyDLL = ctypes.oledll = ctypes.windll = MagicMock()
