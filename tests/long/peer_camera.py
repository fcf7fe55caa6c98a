"""The third-party peer: ipycam as a network camera at an address. For namespaces only.

python peer_camera.py ADDRESS MAKE MODEL FIRMWARE SERIAL
"""

import sys
import time

from ipycam import CameraConfig, IPCamera

address, make, model, firmware, serial = sys.argv[1:]
config = CameraConfig(local_ip=address, manufacturer=make, model=model, firmware_version=firmware, serial_number=serial)
camera = IPCamera(config)
camera.start()
print("ready", flush=True)
while True:
    time.sleep(1)
