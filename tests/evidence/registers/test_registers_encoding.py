"""Text in the encodings that registers come in, told from its bytes. Expected: the text that was encoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodes.evidence.registers.containers._encoding import detect

TEXTS = {
    "traditional Chinese": (
        "名稱,品牌,型號,備註\n門口,大華,IPC-1,壞了\n倉庫,海康威視,DS-2,正常\n",
        "big5 gb18030 utf-8",
    ),
    "Chinese": ("名称,品牌,型号\n大门,海康威视,DS-2\n仓库,大华,IPC-1\n", "gb18030 gbk utf-16-le utf-16-be"),
    "Korean": ("이름,제조사,모델\n정문,한화비전,XNV-1\n창고,하이크비전,DS-2\n", "euc-kr cp949"),
    "Japanese": ("名称,メーカー,型番\n玄関,パナソニック,WV-1\n倉庫,ハイクビジョン,DS-2\n", "shift_jis euc-jp"),
    "Russian": ("Имя,Производитель,Модель\nВход,Хиквижн,DS-2\n", "cp1251 koi8-r iso8859-5 cp866"),
    "Greek": ("Όνομα,Κατασκευαστής,Μοντέλο\nΠόρτα,Hikvision,DS-2\n", "cp1253 iso8859-7"),
    "German": (
        "Name,Hersteller,Modell\nTür Süd,Hikvision,DS-2\nGroßer Hörsaal,Mobotix,M16\n",
        "cp1252 cp850 mac_roman",
    ),
    "French": ("Emplacement,Marque,Modèle\nEntrée,Hikvision,DS-2\nCafétéria façade,Axis,P\n", "cp1252 cp850 mac_roman"),
    "Polish": (
        "Nazwa,Producent,Model\nWejście główne,Hikvision,DS-2\nMagazyn żółty,Axis,P\n",
        "cp1250 iso8859-2 cp852",
    ),
    "Czech": ("Název,Výrobce,Model\nVchod čelní příjezd,Hikvision,DS-2\n", "cp1250 iso8859-2 cp852"),
    "Danish": ("Navn,Mærke,Model\nDøren på Åboulevarden,Hikvision,DS-2\n", "cp1252 cp850"),
    "English": ("Name,Make,Model\nCafé £20 door – don’t,Hikvision,DS-2\n", "cp1252 mac_roman"),
    "pounds": ("Name,Make,Price\nDoor,Hikvision,£20\n", "cp1252"),
    "Thai": ("ชื่อ,ผู้ผลิต,รุ่น\nประตู,Hikvision,DS-2\n", "cp874"),
}


@pytest.mark.parametrize(
    ("language", "codec"), [(name, one) for name, (_, codecs) in TEXTS.items() for one in codecs.split()]
)
def test_the_text_comes_back(language: str, codec: str, tmp_path: Path) -> None:
    text = TEXTS[language][0]
    path = tmp_path / "r.csv"
    path.write_bytes(text.encode(codec))
    found = detect(path)
    assert path.read_bytes().decode(found.codec) == text
    assert found.bad == 0


def test_what_fits_no_encoding_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("Name,Make\nTür,M\nCafé,M\nGröße,M\nßßßß,M\n".encode() + b"\xff\xfe broken\n")
    assert detect(path).codec == "utf-8"
    assert detect(path).bad == 2
