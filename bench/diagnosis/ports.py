"""Short connections without keep-alive, each of which leaves a port in TIME_WAIT."""
import socket, time

server = socket.create_server(("127.0.0.1", 5555), backlog=128)
end = time.time() + 90
while time.time() < end:
    client = socket.socket()
    try:
        client.connect(("127.0.0.1", 5555))
        accepted, _ = server.accept()
        client.close()
        accepted.close()
    except OSError:
        client.close()
        time.sleep(0.05)
