"""Writes one synthetic recording as FIF, EEGLAB, BrainVision and XDF: two channels, 5 s at 64 Hz, in µV by formula."""
import struct

import mne
import numpy as np
import scipy.io

mne.set_log_level("error")
rate, names = 64.0, ["F7", "Cz"]
time = np.arange(320) / rate
microvolts = np.array([20 * np.sin(2 * np.pi * 3 * time), 15 * np.cos(2 * np.pi * 5 * time) - 4])

mne.io.RawArray(1e-6 * microvolts, mne.create_info(names, rate, "eeg")).save("P01_raw.fif")

locations = np.array([(name, "EEG") for name in names], dtype=[("labels", object), ("type", object)])
eeg = {"setname": "P01", "nbchan": 2, "trials": 1, "pnts": 320, "srate": rate, "xmin": 0.0, "xmax": time[-1],
       "data": microvolts.astype("float32"), "chanlocs": locations, "event": [], "icawinv": [], "icaweights": [],
       "icasphere": [], "icaact": [], "epoch": []}
scipy.io.savemat("P01.set", {"EEG": eeg}, appendmat=False)

header = """Brain Vision Data Exchange Header File Version 1.0
[Common Infos]
Codepage=UTF-8
DataFile=P01.eeg
MarkerFile=P01.vmrk
DataFormat=BINARY
DataOrientation=MULTIPLEXED
NumberOfChannels=2
SamplingInterval=15625
[Binary Infos]
BinaryFormat=INT_16
[Channel Infos]
Ch1=F7,,0.001,µV
Ch2=Cz,,0.001,µV
"""
open("P01.vhdr", "w", encoding="utf-8").write(header)
open("P01.vmrk", "w", encoding="utf-8").write(
    "Brain Vision Data Exchange Marker File, Version 1.0\n[Common Infos]\nDataFile=P01.eeg\n[Marker Infos]\n")
np.round(microvolts.T / 0.001).astype("<i2").tofile("P01.eeg")


def chunk(tag, content):
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


channels = "".join(f"<channel><label>{name}</label><unit>microvolts</unit></channel>" for name in names)
stream = (f"<?xml version='1.0'?><info><name>P01</name><type>EEG</type><channel_count>2</channel_count>"
          f"<nominal_srate>{rate}</nominal_srate><channel_format>double64</channel_format>"
          f"<desc><channels>{channels}</channels></desc></info>")
samples = b"".join(b"\x08" + struct.pack("<d", 100 + at) + struct.pack("<2d", *pair) for at, pair in zip(time, microvolts.T))
with open("P01.xdf", "wb") as file:
    file.write(b"XDF:" + chunk(1, b"<?xml version='1.0'?><info><version>1.0</version></info>"))
    one = struct.pack("<I", 1)
    file.write(chunk(2, one + stream.encode()) + chunk(3, one + b"\x04" + struct.pack("<I", len(time)) + samples))
    file.write(chunk(6, one + b"<?xml version='1.0'?><info><sample_count>320</sample_count></info>"))
