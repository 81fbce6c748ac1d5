"""
round_trips.py serve PORT
round_trips.py ask ADDRESS PORT COUNT

The two ends of what tests/bench/tcp-proxy measures: a connection, a byte there, a byte back. Prints how many
microseconds each of COUNT connections, one after the other, took from connect(2) to that byte.
"""

import socket
import sys
import time


def serve(port):
    with socket.create_server(('', int(port)), backlog=128) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(connection.recv(1))


def ask(address, port, count):
    for _ in range(int(count)):
        with socket.socket() as connection:
            start = time.perf_counter_ns()
            connection.connect((address, int(port)))
            connection.sendall(b'?')
            answer = connection.recv(1)
            taken = time.perf_counter_ns() - start
            if not answer:
                sys.exit(f'{address} port {port} closed without an answer')
            connection.recv(1)  # who closes first keeps its port for a minute: not this end, it needs many
        print(taken / 1000)


try:
    {'serve': serve, 'ask': ask}[sys.argv[1]](*sys.argv[2:])
except OSError as error:
    sys.exit(f"{' '.join(sys.argv[1:])}: {error.strerror}")
