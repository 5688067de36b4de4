# An S3 server with one bucket, `lectura`, in memory.
import os
import signal
import urllib.request

from moto.server import ThreadedMotoServer

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
ThreadedMotoServer("0.0.0.0", 5000).start()
urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:5000/lectura", method="PUT"))
signal.pause()
