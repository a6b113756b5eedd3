"""A name server that answers late. argv: address, milliseconds."""
import socket, sys, threading, time

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))


def answer(question, client):
    time.sleep(int(sys.argv[2]) / 1000)
    server.sendto(question[:2] + b"\x81\x80" + question[4:], client)


while True:
    threading.Thread(target=answer, args=server.recvfrom(512), daemon=True).start()
