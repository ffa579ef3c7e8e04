"""Um título: vê-lo, recebê-lo, estorná-lo, e corrigir o que nele se recebeu."""
